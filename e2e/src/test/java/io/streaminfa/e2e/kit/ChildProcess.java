package io.streaminfa.e2e.kit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A program started by a test: its text is kept (bounded), and it never outlives its owner. */
public final class ChildProcess implements AutoCloseable {
  private static final int MAX_KEPT_LINES = 50_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Thread reader;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Deque<String> lines = new ArrayDeque<>();

  private ChildProcess(String name, Process process, InputStream text, @Nullable Path copy) {
    this.name = name;
    this.process = process;
    this.reader = Thread.ofVirtual().name(name + "-text").start(() -> keep(text, copy));
  }

  /** Starts a program whose standard output carries media; only standard error is text. */
  static ChildProcess withMediaOutput(String name, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    return new ChildProcess(name, process, process.getErrorStream(), null);
  }

  /** Starts a program whose two outputs are text; {@code copy} receives every line as well. */
  static ChildProcess withTextOutput(String name, ProcessBuilder builder, @Nullable Path copy)
      throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    return new ChildProcess(name, process, process.getInputStream(), copy);
  }

  private void keep(InputStream text, @Nullable Path copy) {
    try (BufferedReader in =
            new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
        OutputStream out =
            copy == null ? OutputStream.nullOutputStream() : Files.newOutputStream(copy)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      add("[reading the text of " + name + " ended: " + e.getMessage() + "]");
    }
  }

  private void add(String line) {
    lock.lock();
    try {
      if (lines.size() == MAX_KEPT_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line);
    } finally {
      lock.unlock();
    }
  }

  /** The lines written so far, the newest {@value #MAX_KEPT_LINES} of them. */
  public List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** The end of the text, for messages of failed tests. */
  public String tail(int count) {
    List<String> all = lines();
    return String.join("\n", all.subList(Math.max(0, all.size() - count), all.size()));
  }

  public InputStream mediaOutput() {
    return process.getInputStream();
  }

  public OutputStream input() {
    return process.getOutputStream();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for the end; a program that is late is killed, and that is an error. */
  public int awaitExit(Duration deadline) throws IOException, InterruptedException {
    if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
      throw new IOException(name + " still ran after " + deadline + ":\n" + tail(40));
    }
    reader.join(CLOSE_TIMEOUT);
    return process.exitValue();
  }

  /**
   * SIGTERM. Through the handle: Process.destroy() closes the pipes, and the last words with it.
   */
  public void terminate() {
    process.toHandle().destroy();
  }

  /** SIGKILL. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Sends any other signal, by the name that kill(1) knows. */
  public static void signal(String signalName, ProcessHandle target)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signalName, Long.toString(target.pid()))
            .redirectErrorStream(true)
            .start();
    if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill -" + signalName + " " + target.pid() + " failed");
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      process.getOutputStream().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // A killed program's input pipe may refuse the flush: nothing is lost, the process is gone.
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
