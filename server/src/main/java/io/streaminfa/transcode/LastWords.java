package io.streaminfa.transcode;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's standard error: into the log, within a rate, and its end for the failure. */
final class LastWords {
  private static final Logger log = LoggerFactory.getLogger("io.streaminfa.transcode.worker");

  private static final int MAX_LINE_CHARS = 500;
  private static final int KEPT_LINES = 5;
  private static final int MAX_LINES_PER_SECOND = 10;

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final ArrayDeque<String> kept = new ArrayDeque<>();

  @GuardedBy("lock")
  private long second;

  @GuardedBy("lock")
  private int linesThisSecond;

  LastWords(String name) {
    this.name = name;
  }

  /** Reads to the end; a line of any length is cut, never gathered. */
  void readFrom(Reader reader) throws IOException {
    StringBuilder line = new StringBuilder();
    int character = reader.read();
    while (character >= 0) {
      if (character == '\n') {
        add(line.toString());
        line.setLength(0);
      } else if (line.length() < MAX_LINE_CHARS) {
        line.append((char) character);
      }
      character = reader.read();
    }
    if (!line.isEmpty()) {
      add(line.toString());
    }
  }

  /** One line that the worker has said in whatever way. */
  void add(String line) {
    lock.lock();
    try {
      if (kept.size() == KEPT_LINES) {
        kept.removeFirst();
      }
      kept.addLast(line);
      long now = System.nanoTime() / 1_000_000_000;
      if (now != second) {
        if (linesThisSecond > MAX_LINES_PER_SECOND) {
          log.warn("{}: {} more lines", name, linesThisSecond - MAX_LINES_PER_SECOND);
        }
        second = now;
        linesThisSecond = 0;
      }
      if (++linesThisSecond <= MAX_LINES_PER_SECOND) {
        log.warn("{}: {}", name, line);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Empty, or a colon and the last lines. */
  String suffix() {
    lock.lock();
    try {
      return kept.isEmpty() ? "" : ": " + String.join(" / ", kept);
    } finally {
      lock.unlock();
    }
  }
}
