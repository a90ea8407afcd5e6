package io.streaminfa.ingest.rtmp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another thread's wish that a connection end. The connection's own thread sees it before its next
 * read; while that thread is held up in the stream behind it, it is interrupted after a while. It
 * is never interrupted in socket input or output, where that would close the socket unanswered.
 */
final class EndRequest {
  private static final Logger log = LoggerFactory.getLogger(EndRequest.class);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable ConnectionEnd requested;

  @GuardedBy("lock")
  private long requestedNanos;

  @GuardedBy("lock")
  private @Nullable Thread downstream;

  /** The first request counts. */
  void request(ConnectionEnd end) {
    lock.lock();
    try {
      if (requested == null) {
        requested = end;
        requestedNanos = System.nanoTime();
      }
    } finally {
      lock.unlock();
    }
  }

  /** What was requested, or else the given end. */
  ConnectionEnd or(ConnectionEnd otherwise) {
    lock.lock();
    try {
      return requested == null ? otherwise : requested;
    } finally {
      lock.unlock();
    }
  }

  void check() throws ConnectionEnd {
    lock.lock();
    try {
      if (requested != null) {
        throw requested;
      }
    } finally {
      lock.unlock();
    }
  }

  /** The current thread goes where it may be held up. */
  void enterDownstream() {
    lock.lock();
    try {
      downstream = Thread.currentThread();
    } finally {
      lock.unlock();
    }
  }

  /** It is back; an interrupt that came too late is taken away. */
  void leaveDownstream() {
    lock.lock();
    try {
      downstream = null;
      if (requested != null && Thread.interrupted()) {
        log.debug("An interrupt came too late");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Called now and then by a thread that watches over all connections. */
  void interruptIfOverdue() {
    lock.lock();
    try {
      if (requested != null
          && downstream != null
          && System.nanoTime() - requestedNanos > PATIENCE.toNanos()) {
        downstream.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}
