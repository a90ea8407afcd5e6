package io.streaminfa.ingest.rtmp;

import io.streaminfa.media.ReadPace;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A socket's input with a deadline for a phase rather than for a read. It wakes now and then, so
 * that a silent connection still notices what happens to it.
 */
final class TimedInput extends InputStream {
  /** How long a read may block before the listener is asked. */
  private static final int SLICE_MS = 250;

  /** What happens on the way. */
  interface Listener {
    /** Before each read of the socket, and at least four times a second. */
    void beforeRead() throws IOException;

    void received(int bytes) throws IOException;
  }

  private final Socket socket;
  private final InputStream source;
  private final Listener listener;
  private final ReadPace pace = new ReadPace();
  private long deadlineNanos;
  private String deadlineCode = "";

  TimedInput(Socket socket, Listener listener) throws IOException {
    this.socket = socket;
    this.source = socket.getInputStream();
    this.listener = listener;
    socket.setSoTimeout(SLICE_MS);
  }

  /** Replaces the deadline: reads that are not done by then end the connection with the code. */
  void expireAfter(Duration time, String code) {
    deadlineNanos = System.nanoTime() + time.toNanos();
    deadlineCode = code;
  }

  /** Reads at most so often from now on. */
  void pace(Duration interval) {
    pace.set(interval);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (true) {
      pace.awaitDue();
      listener.beforeRead();
      if (System.nanoTime() - deadlineNanos >= 0) {
        throw ConnectionEnd.lost(deadlineCode, "The time for this ran out.");
      }
      try {
        int count = source.read(target, offset, length);
        pace.hasRead(count == length);
        if (count > 0) {
          listener.received(count);
        }
        return count;
      } catch (SocketTimeoutException e) {
        // The slice is over; the deadline decides.
      }
    }
  }

  /** Whether all that has arrived so far has been read. */
  boolean isDrained() throws IOException {
    return source.available() == 0;
  }

  /** Reads and forgets until the peer closes or the time is over. */
  void drain(Duration time) throws IOException {
    long endNanos = System.nanoTime() + time.toNanos();
    byte[] sink = new byte[8192];
    long leftNanos = time.toNanos();
    while (leftNanos > 0) {
      socket.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos)));
      if (source.read(sink) < 0) {
        return;
      }
      leftNanos = endNanos - System.nanoTime();
    }
  }
}
