package io.streaminfa.transcode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One child process and what belongs to it: its socket file, its standard error, its end. */
final class WorkerProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerProcess.class);

  /** After a kill the system needs only moments; this is for a machine that is swamped. */
  private static final Duration REAP_DEADLINE = Duration.ofSeconds(5);

  /** What a JVM and its libraries may want. */
  private static final Set<String> INHERITED_VARIABLES =
      Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH");

  private final String name;
  private final Path directory;
  private final Path socket;
  private final ServerSocketChannel server;
  private final Process process;
  private final LastWords lastWords;

  private WorkerProcess(
      String name, Path directory, Path socket, ServerSocketChannel server, Process process) {
    this.name = name;
    this.directory = directory;
    this.socket = socket;
    this.server = server;
    this.process = process;
    this.lastWords = new LastWords(name);
  }

  /** Starts a worker that will connect to a socket which nobody else may open. */
  static WorkerProcess start(String name, WorkerCommand command) throws IOException {
    Path directory =
        Files.createTempDirectory(
            "streaminfa-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path socket = directory.resolve("worker");
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(socket));
      ProcessBuilder builder = new ProcessBuilder(command.connectingTo(socket));
      // A worker parses what strangers send: it has no business with the server's secrets.
      builder.environment().keySet().retainAll(INHERITED_VARIABLES);
      builder.environment().putAll(command.environment());
      // Standard output is not the protocol: the JVM writes warnings there.
      builder.redirectErrorStream(true);
      WorkerProcess worker = new WorkerProcess(name, directory, socket, server, builder.start());
      worker.process.getOutputStream().close();
      worker.readLastWords();
      return worker;
    } catch (IOException e) {
      server.close();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
      throw e;
    }
  }

  /** A platform thread: reading a pipe of a process would pin a virtual one. */
  private void readLastWords() {
    Thread.ofPlatform()
        .name("worker-stderr-" + name)
        .daemon()
        .start(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lastWords.readFrom(lines);
              } catch (IOException e) {
                log.debug("worker of {}: standard error: {}", name, e.toString());
              }
            });
  }

  /**
   * Waits for the worker to connect.
   *
   * @throws WorkerStartException when it exits first, or the deadline passes
   */
  WorkerChannel connect(Duration deadline) throws IOException, WorkerStartException {
    long deadlineNanos = System.nanoTime() + deadline.toNanos();
    try (Selector selector = Selector.open()) {
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
      // accept() alone would wait for ever for a worker that died.
      CompletableFuture<Void> _ = process.onExit().thenRun(selector::wakeup);
      while (true) {
        SocketChannel connection = server.accept();
        if (connection != null) {
          connection.configureBlocking(true);
          return new WorkerChannel(connection);
        }
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("given up while it was starting");
        }
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (!process.isAlive()) {
          throw new WorkerStartException("exit code " + process.exitValue() + lastWords.suffix());
        }
        if (leftMs <= 0) {
          throw new WorkerStartException(
              "not connected after " + deadline.toMillis() + " ms" + lastWords.suffix());
        }
        selector.select(leftMs);
        selector.selectedKeys().clear();
      }
    } finally {
      server.close();
      Files.deleteIfExists(socket);
      Files.deleteIfExists(directory);
    }
  }

  /** SIGKILL: works on a stopped process, too. */
  void kill() {
    process.destroyForcibly();
  }

  /** A line for the log that came over the channel. */
  void said(String line) {
    lastWords.add(line);
  }

  long pid() {
    return process.pid();
  }

  /** How it ended, once it has closed its connection; kills it when it lingers. */
  String obituary(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return "it closed its connection and stayed" + lastWords.suffix();
    }
    return "exit code " + process.exitValue() + lastWords.suffix();
  }

  /** Kills the worker if it still runs, and waits until it is gone. */
  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
    Files.deleteIfExists(directory);
    process.destroyForcibly();
    try {
      if (!process.waitFor(REAP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.error("worker of {} (pid {}) survives SIGKILL", name, process.pid());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
