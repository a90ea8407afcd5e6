package io.streaminfa.app;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets one thread's work clean up after itself when SIGINT or SIGTERM ends the process: the thread
 * is interrupted, and the process waits until it has left the work. The JVM's exit code stays that
 * of the signal.
 */
final class TidyStop implements AutoCloseable {
  /** Workers must end, and what they wrote is deleted. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Thread worker;
  private final CountDownLatch left = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().name("tidy-stop").unstarted(this::stop);

  private TidyStop(Thread worker) {
    this.worker = worker;
  }

  static TidyStop ofThisThread() {
    TidyStop stop = new TidyStop(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(stop.hook);
    return stop;
  }

  private void stop() {
    worker.interrupt();
    try {
      if (!left.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("The work did not end within " + DEADLINE.toSeconds() + " s.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is over, with all its cleaning up. */
  @Override
  public void close() {
    left.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook is running, and has just been let go.
      boolean _ = Thread.interrupted();
    }
  }
}
