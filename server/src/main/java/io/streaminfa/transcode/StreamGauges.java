package io.streaminfa.transcode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.media.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The figures of one stream between two looks at them. */
final class StreamGauges {
  /** More pictures than a worker and its lookahead hold. */
  private static final int ARRIVALS = 512;

  private static final long FPS_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String streamId;
  private final TranscodeMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();

  /** A ring of decoding times on the video clock, and when each arrived. */
  @GuardedBy("lock")
  private final long[] arrivalTicks = new long[ARRIVALS];

  @GuardedBy("lock")
  private final long[] arrivalNanos = new long[ARRIVALS];

  @GuardedBy("lock")
  private long arrivals;

  @GuardedBy("lock")
  private final Map<Integer, Integer> pictures = new HashMap<>();

  @GuardedBy("lock")
  private final Map<Integer, String> videoNames = new HashMap<>();

  @GuardedBy("lock")
  private long fpsSinceNanos = System.nanoTime();

  /** Of the receiving thread. */
  private long decodeErrors;

  StreamGauges(String streamId, TranscodeMetrics metrics) {
    this.streamId = streamId;
    this.metrics = metrics;
  }

  void arrived(long videoTicks) {
    lock.lock();
    try {
      int slot = (int) (arrivals++ % ARRIVALS);
      arrivalTicks[slot] = videoTicks;
      arrivalNanos[slot] = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  void planned(List<Rendition> renditions) {
    lock.lock();
    try {
      for (Rendition rendition : renditions) {
        if (rendition instanceof Rendition.Video video) {
          videoNames.put(video.track().id(), video.name());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void encoded(Sample sample) {
    lock.lock();
    try {
      String rendition = videoNames.get(sample.trackId());
      if (rendition != null) {
        pictures.merge(sample.trackId(), 1, Integer::sum);
        latency(rendition, sample.dtsTicks());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Looks back from the newest: an encoder holds few pictures. */
  @GuardedBy("lock")
  private void latency(String rendition, long ticks) {
    long oldest = Math.max(0, arrivals - ARRIVALS);
    for (long i = arrivals - 1; i >= oldest; i--) {
      int slot = (int) (i % ARRIVALS);
      if (arrivalTicks[slot] <= ticks) {
        metrics.latency(rendition, System.nanoTime() - arrivalNanos[slot]);
        return;
      }
    }
  }

  void progress(WorkerMessage.Progress progress) {
    if (progress.residentBytes() > 0) {
      metrics.resident(streamId, progress.residentBytes());
    }
    if (progress.decodeErrors() > decodeErrors) {
      metrics.decodeErrors(progress.decodeErrors() - decodeErrors);
      decodeErrors = progress.decodeErrors();
    }
  }

  void sample(long nowNanos, SendWindow window) {
    metrics.queue(streamId, window.depth(), window.utilization());
    lock.lock();
    try {
      long elapsed = nowNanos - fpsSinceNanos;
      if (elapsed >= FPS_WINDOW_NANOS) {
        fpsSinceNanos = nowNanos;
        videoNames.forEach(
            (trackId, rendition) -> {
              int count = pictures.getOrDefault(trackId, 0);
              metrics.fps(streamId, rendition, count * 1e9 / elapsed);
            });
        pictures.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  List<String> renditions() {
    lock.lock();
    try {
      return List.copyOf(videoNames.values());
    } finally {
      lock.unlock();
    }
  }
}
