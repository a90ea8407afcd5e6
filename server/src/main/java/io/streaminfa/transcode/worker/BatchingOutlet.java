package io.streaminfa.transcode.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.transcode.WorkerChannel;
import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends encoded samples at most every {@link #INTERVAL}, several at a time. A ladder makes some 200
 * samples a second, and to the server its waking for each costs more than the bytes do. A sample
 * after a pause goes at once, and so does every other kind of message, behind what was waiting.
 */
final class BatchingOutlet implements Outlet {
  static final Duration INTERVAL = Duration.ofMillis(40);

  /** A batch is sent when it has grown to this; a larger sample is sent alone, uncopied. */
  static final int MAX_BATCH_BYTES = 64 << 10;

  private final WorkerChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition begun = lock.newCondition();

  @GuardedBy("lock")
  private ByteWriter batch = new ByteWriter(MAX_BATCH_BYTES);

  @GuardedBy("lock")
  private long lastSentNanos = System.nanoTime() - INTERVAL.toNanos();

  /** Why the thread that sends late batches is gone. */
  @GuardedBy("lock")
  private @Nullable IOException failure;

  BatchingOutlet(WorkerChannel channel) {
    this.channel = channel;
    Thread.ofPlatform().name("send").daemon().start(this::sendLateBatches);
  }

  @Override
  public void send(WorkerMessage message) throws IOException {
    lock.lock();
    try {
      if (failure != null) {
        throw new IOException(failure);
      }
      boolean canWait = message instanceof WorkerMessage.Encoded;
      if (!canWait || batch.size() + message.payload().remaining() > MAX_BATCH_BYTES) {
        flush();
        channel.send(message);
        return;
      }
      boolean isFirst = batch.size() == 0;
      WorkerChannel.frame(message, batch);
      if (leftNanos() <= 0) {
        flush();
      } else if (isFirst) {
        begun.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private long leftNanos() {
    return lastSentNanos + INTERVAL.toNanos() - System.nanoTime();
  }

  @GuardedBy("lock")
  private void flush() throws IOException {
    if (batch.size() > 0) {
      channel.sendFramed(batch.toByteBuffer());
      batch = new ByteWriter(MAX_BATCH_BYTES);
    }
    lastSentNanos = System.nanoTime();
  }

  private void sendLateBatches() {
    lock.lock();
    try {
      while (true) {
        while (batch.size() == 0) {
          begun.await();
        }
        for (long nanos = leftNanos(); nanos > 0; nanos = leftNanos()) {
          long _ = begun.awaitNanos(nanos);
        }
        flush();
      }
    } catch (IOException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
