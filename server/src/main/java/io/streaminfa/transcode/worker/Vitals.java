package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the worker has done, counted by its threads and told to the server by the heartbeat. */
final class Vitals {
  private static final long PAGE_BYTES = 4096;
  private static final Path STATM = Path.of("/proc/self/statm");

  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong consumedPackets = new AtomicLong();
  private final AtomicLong consumedBytes = new AtomicLong();
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger sending = new AtomicInteger();
  private volatile long decodeErrors;

  /** Something was finished: a picture decoded, a frame encoded, an encoder opened. */
  void step() {
    steps.incrementAndGet();
  }

  void consumed(int bytes) {
    consumedPackets.incrementAndGet();
    consumedBytes.addAndGet(bytes);
    step();
  }

  void decodeErrors(long total) {
    decodeErrors = total;
  }

  /** A thread has taken something to do. */
  void begin() {
    busy.incrementAndGet();
  }

  void done() {
    busy.decrementAndGet();
    step();
  }

  /** The same outlet, with the time spent in it not counted as a stall. */
  Outlet watching(Outlet outlet) {
    return message -> {
      sending.incrementAndGet();
      try {
        outlet.send(message);
      } finally {
        sending.decrementAndGet();
        step();
      }
    };
  }

  /**
   * One per heartbeat thread. A stall is counted in heartbeats, not by the clock: on a machine that
   * is swamped these come late as well.
   */
  final class Pulse {
    private long lastSteps = -1;
    private long stalledBeats;

    WorkerMessage.Progress progress() {
      long current = steps.get();
      if (current != lastSteps || busy.get() == 0 || sending.get() > 0) {
        lastSteps = current;
        stalledBeats = 0;
      } else {
        stalledBeats++;
      }
      return new WorkerMessage.Progress(
          consumedPackets.get(),
          consumedBytes.get(),
          decodeErrors,
          residentBytes(),
          stalledBeats * Heartbeat.INTERVAL.toMillis());
    }
  }

  /** The second field of statm is the resident set in pages; zero where there is no such file. */
  private static long residentBytes() {
    try {
      String[] fields = Files.readString(STATM, StandardCharsets.US_ASCII).split(" ", 3);
      return Long.parseLong(fields[1]) * PAGE_BYTES;
    } catch (IOException e) {
      return 0;
    }
  }
}
