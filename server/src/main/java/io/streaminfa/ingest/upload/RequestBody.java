package io.streaminfa.ingest.upload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as a blocking source of bytes. It comes in on the event loop, waits in a bounded
 * queue, and is read by one virtual thread; when the queue is full, the connection is not read, so
 * that the client feels the disk.
 *
 * <p>Nothing is read before the first {@link #read}: a client that asks first ("Expect:
 * 100-continue") gets its refusal without having sent anything.
 */
public final class RequestBody {
  /** The connection is not read while so much waits. */
  private static final int HIGH_WATER_BYTES = 512 * 1024;

  /** It is read again from here on. */
  private static final int LOW_WATER_BYTES = 128 * 1024;

  /**
   * What must come within each timeout. With one byte, a client that drips one now and then would
   * hold its place for ever, and an HTTP server's idle timeout does not see it either.
   */
  static final int MIN_PROGRESS_BYTES = 1024;

  private final HttpServerRequest request;
  private final Context eventLoop;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Deque<Buffer> chunks = new ArrayDeque<>();

  /** Of the first chunk, already read. */
  @GuardedBy("lock")
  private int consumed;

  @GuardedBy("lock")
  private int queuedBytes;

  @GuardedBy("lock")
  private boolean flowing;

  @GuardedBy("lock")
  private boolean ended;

  @GuardedBy("lock")
  private @Nullable UploadRejected failure;

  @GuardedBy("lock")
  private boolean waiting;

  @GuardedBy("lock")
  private long waitingSinceNanos;

  @GuardedBy("lock")
  private boolean asked;

  /** Of the current stretch; both start again when enough bytes have come. */
  @GuardedBy("lock")
  private long waitedNanos;

  @GuardedBy("lock")
  private long progressBytes;

  private RequestBody(HttpServerRequest request, Context eventLoop) {
    this.request = request;
    this.eventLoop = eventLoop;
  }

  /** On the event loop of the request, before any of its body was delivered. */
  public static RequestBody of(HttpServerRequest request, Context eventLoop) {
    RequestBody body = new RequestBody(request, eventLoop);
    request.pause();
    request.handler(body::arrived);
    request.exceptionHandler(_ -> body.fail(connectionLost()));
    request.endHandler(_ -> body.end());
    return body;
  }

  /** The same bytes with a timeout: so long may pass without {@link #MIN_PROGRESS_BYTES}. */
  ByteSource within(Duration timeout) {
    return (bytes, offset, length) -> read(bytes, offset, length, timeout);
  }

  private int read(byte[] bytes, int offset, int length, Duration timeout)
      throws UploadRejected, InterruptedException {
    lock.lockInterruptibly();
    try {
      await(timeout);
      if (failure != null) {
        throw failure;
      }
      return chunks.isEmpty() ? -1 : take(bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void await(Duration timeout) throws UploadRejected, InterruptedException {
    while (chunks.isEmpty() && !ended && failure == null) {
      flow();
      long leftNanos = timeout.toNanos() - waitedNanos;
      if (leftNanos <= 0) {
        throw new UploadRejected(
            UploadRejected.Reason.TOO_SLOW,
            "upload_timeout",
            "%d bytes came in %d s".formatted(progressBytes, timeout.toSeconds()));
      }
      waiting = true;
      waitingSinceNanos = System.nanoTime();
      try {
        long _ = changed.awaitNanos(leftNanos);
      } finally {
        waiting = false;
        waitedNanos += System.nanoTime() - waitingSinceNanos;
      }
    }
  }

  @GuardedBy("lock")
  private int take(byte[] bytes, int offset, int length) {
    int taken = 0;
    while (taken < length && !chunks.isEmpty()) {
      Buffer first = chunks.element();
      int count = Math.min(length - taken, first.length() - consumed);
      first.getBytes(consumed, consumed + count, bytes, offset + taken);
      taken += count;
      consumed += count;
      if (consumed == first.length()) {
        chunks.remove();
        consumed = 0;
      }
    }
    queuedBytes -= taken;
    progressBytes += taken;
    if (progressBytes >= MIN_PROGRESS_BYTES) {
      progressBytes = 0;
      waitedNanos = 0;
    }
    if (queuedBytes <= LOW_WATER_BYTES) {
      flow();
    }
    return taken;
  }

  @GuardedBy("lock")
  private void flow() {
    if (flowing || ended || failure != null) {
      return;
    }
    flowing = true;
    try {
      eventLoop.runOnContext(_ -> resume());
    } catch (RejectedExecutionException e) {
      // The server is stopping, and its event loops have ended.
      fail(connectionLost());
    }
  }

  /** On the event loop. */
  private void resume() {
    lock.lock();
    try {
      // Chunks that were on their way may have filled the queue meanwhile.
      if (!flowing) {
        return;
      }
      if (!asked && request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
        request.response().writeContinue();
      }
      asked = true;
      request.resume();
    } finally {
      lock.unlock();
    }
  }

  /** On the event loop. */
  private void arrived(Buffer chunk) {
    lock.lock();
    try {
      if (failure != null || chunk.length() == 0) {
        return;
      }
      chunks.add(chunk);
      queuedBytes += chunk.length();
      if (flowing && queuedBytes >= HIGH_WATER_BYTES) {
        flowing = false;
        request.pause();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** On the event loop. */
  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(UploadRejected reason) {
    lock.lock();
    try {
      if (failure == null) {
        failure = reason;
      }
      chunks.clear();
      queuedBytes = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the reader's wait, when it has waited so long: its client is gone, or as good as gone.
   *
   * @return whether the reader has been ended, now or before
   */
  boolean endWhenIdle(Duration idle) {
    lock.lock();
    try {
      boolean isIdle = waiting && System.nanoTime() - waitingSinceNanos >= idle.toNanos();
      if (isIdle) {
        fail(connectionLost());
      }
      return failure != null;
    } finally {
      lock.unlock();
    }
  }

  private static UploadRejected connectionLost() {
    return new UploadRejected(
        UploadRejected.Reason.CONNECTION_LOST,
        "connection_lost",
        "the connection ended before the body did");
  }
}
