package io.streaminfa.e2e.kit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.awaitility.Awaitility;

/** Reloads a live media playlist as a player does, and notes every breach of the reload rules. */
public final class PlaylistWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final HlsClient hls = new HlsClient();
  private final URI uri;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final List<String> breaches = new ArrayList<>();

  @GuardedBy("lock")
  private final Map<Long, HlsClient.Segment> seen = new HashMap<>();

  @GuardedBy("lock")
  private HlsClient.MediaPlaylist last;

  private PlaylistWatch(URI uri) throws IOException, InterruptedException {
    this.uri = uri;
    this.last = hls.media(uri);
    this.thread = Thread.ofVirtual().name("playlist-watch").unstarted(this::reload);
  }

  /** Waits until the smallest rung of a live stream has segments, and follows it from then on. */
  public static PlaylistWatch start(ApiClient.LiveStream stream, int segments, Duration atMost)
      throws IOException, InterruptedException {
    URI uri = awaitSegments(stream, segments, atMost);
    PlaylistWatch watch = new PlaylistWatch(uri);
    watch.thread.start();
    return watch;
  }

  private static URI awaitSegments(ApiClient.LiveStream stream, int segments, Duration atMost) {
    try (HlsClient client = new HlsClient()) {
      return Awaitility.await("segments of " + stream.id())
          .atMost(atMost)
          .pollInterval(INTERVAL)
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(
              () -> {
                URI media = client.multivariant(stream.master()).variants().getLast().uri();
                return client.media(media).nextNumber() >= segments ? media : URI.create("");
              },
              found -> !found.toString().isEmpty());
    }
  }

  private void reload() {
    try {
      while (true) {
        Thread.sleep(INTERVAL);
        compare(hls.media(uri));
      }
    } catch (IOException e) {
      note("a reload failed: " + e.getMessage());
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void compare(HlsClient.MediaPlaylist next) {
    lock.lock();
    try {
      // A recording replaces the window by the whole stream; the numbers stay (bis 6.2.1).
      if (next.mediaSequence() < last.mediaSequence() && !next.ended()) {
        note("EXT-X-MEDIA-SEQUENCE fell to " + next.mediaSequence());
      }
      if (next.nextNumber() < last.nextNumber()) {
        note("the end fell from " + last.nextNumber() + " to " + next.nextNumber());
      }
      if (next.targetDurationSeconds() != last.targetDurationSeconds()) {
        note("EXT-X-TARGETDURATION changed to " + next.targetDurationSeconds());
      }
      for (HlsClient.Segment segment : next.segments()) {
        HlsClient.Segment before = seen.putIfAbsent(segment.number(), segment);
        if (before != null && !before.equals(segment)) {
          note("segment " + before + " became " + segment);
        }
      }
      last = next;
    } finally {
      lock.unlock();
    }
  }

  private void note(String breach) {
    lock.lock();
    try {
      breaches.add(breach);
    } finally {
      lock.unlock();
    }
  }

  /** The playlist as it was loaded last. */
  public HlsClient.MediaPlaylist latest() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the playlist's end has reached a number. */
  public void awaitNumber(long number, Duration atMost) {
    Awaitility.await("segment " + number)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> latest().nextNumber() > number);
  }

  public List<String> breaches() {
    lock.lock();
    try {
      return List.copyOf(breaches);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    hls.close();
  }
}
