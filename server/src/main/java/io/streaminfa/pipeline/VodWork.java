package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.VodPackager;
import io.streaminfa.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** A job that is being worked on: its plan, its segments, and how far its chunks are. */
final class VodWork {
  private static final long REPORT_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Hears how much is done, at most twice a second and at the end of each chunk. */
  interface ProgressListener {
    /**
     * @param remaining how long the rest will take; empty until that can be said
     */
    void progress(double fraction, Optional<Duration> remaining);
  }

  private final Path source;
  private final VodJobPlan plan;
  private final VodPackager packager;
  private final ProgressListener listener;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<Integer, Double> done = new HashMap<>();

  @GuardedBy("lock")
  private final VodPace pace = new VodPace();

  @GuardedBy("lock")
  private long reportedNanos = System.nanoTime() - REPORT_INTERVAL_NANOS;

  @GuardedBy("lock")
  private boolean isOver;

  VodWork(Path source, VodJobPlan plan, VodPackager packager, ProgressListener listener) {
    this.source = source;
    this.plan = plan;
    this.packager = packager;
    this.listener = listener;
  }

  /** Takes over what earlier processes finished. */
  void restore(List<VodChunk> chunks)
      throws MediaFormatException, StorageException, InterruptedException {
    for (VodChunk chunk : chunks) {
      if (chunk.result().isPresent()) {
        VodChunkResult result = VodChunkResult.ofText(chunk.result().get());
        packager.restore(result.renditions(), result.segments());
        restored(chunk);
      }
    }
  }

  private void restored(VodChunk chunk) {
    lock.lock();
    try {
      done.put(chunk.index(), plan.share(chunk.span()));
    } finally {
      lock.unlock();
    }
  }

  Path source() {
    return source;
  }

  VodJobPlan plan() {
    return plan;
  }

  VodPackager packager() {
    return packager;
  }

  void finished(VodChunk chunk) {
    report(chunk.index(), plan.share(chunk.span()), true);
  }

  void reached(VodChunk chunk, long ticks) {
    report(chunk.index(), plan.fraction(chunk.span(), ticks), false);
  }

  /** Nothing is told any more: the listener may forget this job. */
  void over() {
    lock.lock();
    try {
      isOver = true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells under the lock, so that it is told in order, and not after {@link #over}. */
  private void report(int index, double fraction, boolean always) {
    lock.lock();
    try {
      // A chunk that is tried again stands still until it is where the last try was.
      done.merge(index, fraction, Math::max);
      long now = System.nanoTime();
      if (isOver || (!always && now - reportedNanos < REPORT_INTERVAL_NANOS)) {
        return;
      }
      reportedNanos = now;
      double total = done.values().stream().mapToDouble(Double::doubleValue).sum();
      double whole = Math.clamp(total, 0, 1);
      pace.reached(now, whole);
      listener.progress(whole, pace.remaining());
    } finally {
      lock.unlock();
    }
  }
}
