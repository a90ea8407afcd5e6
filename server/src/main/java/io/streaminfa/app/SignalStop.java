package io.streaminfa.app;

import io.streaminfa.cli.ExitCode;
import io.streaminfa.observability.MetricsRegistry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the server on SIGINT and SIGTERM. The JVM's own answer to a signal is to run the shutdown
 * hooks and to exit with 128 + the signal's number; a stop that was asked for is a success, so the
 * hook closes the server itself and ends the process with 0.
 */
final class SignalStop {
  private static final Logger log = LoggerFactory.getLogger(SignalStop.class);

  /** The server keeps its own deadline; this is on top, for a server that does not. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Duration deadline;
  private final MetricsRegistry metrics;

  SignalStop(Duration shutdownTimeout, MetricsRegistry metrics) {
    this.deadline = shutdownTimeout.plus(GRACE);
    this.metrics = metrics;
  }

  /** Does not return: the process ends. */
  void awaitAndClose(AutoCloseable server) throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> Runtime.getRuntime().halt(stop(server))));
    new CountDownLatch(1).await();
  }

  /** Closes the server; the exit code. */
  int stop(AutoCloseable server) {
    metrics.markShutdown();
    log.info("stopping");
    CountDownLatch closed = new CountDownLatch(1);
    Thread closer =
        Thread.ofPlatform()
            .name("close")
            .daemon()
            .start(
                () -> {
                  close(server);
                  closed.countDown();
                });
    try {
      if (closed.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        log.info("stopped");
        return ExitCode.OK;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.error("not stopped within {} s; at {}", deadline.toSeconds(), where(closer));
    return ExitCode.FAILURE;
  }

  private static void close(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      log.error("the server did not close cleanly", e);
    }
  }

  private static String where(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "its end" : stack[0].toString();
  }
}
