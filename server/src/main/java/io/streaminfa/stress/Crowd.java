package io.streaminfa.stress;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Virtual threads, as the server has them, that begin at one moment. */
final class Crowd {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Member> measured = new ArrayList<>();
  private final List<Member> others = new ArrayList<>();

  /** What one thread does; it ends a lap after each operation. */
  @FunctionalInterface
  interface Work {
    void run(Laps laps) throws Exception;
  }

  private record Member(Work work, Laps laps) {}

  /** Adds a thread whose operations count. */
  Crowd measured(int operations, Work work) {
    measured.add(new Member(work, new Laps(operations)));
    return this;
  }

  /** Adds a thread that is only in the way; the time to its end does not count. */
  Crowd beside(int operations, Work work) {
    others.add(new Member(work, new Laps(operations)));
    return this;
  }

  /** Returns when every thread is done. */
  Figures run() throws Exception {
    CountDownLatch ready = new CountDownLatch(measured.size() + others.size());
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(measured.size());
    CountDownLatch nobody = new CountDownLatch(0);
    List<Future<@Nullable Void>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Member other : others) {
        runs.add(threads.submit(() -> run(other, ready, go, nobody)));
      }
      for (Member member : measured) {
        runs.add(threads.submit(() -> run(member, ready, go, done)));
      }
      ready.await();
      long allocated = THREADS.getTotalThreadAllocatedBytes();
      long start = System.nanoTime();
      go.countDown();
      done.await();
      long totalNanos = System.nanoTime() - start;
      allocated = THREADS.getTotalThreadAllocatedBytes() - allocated;
      for (Future<@Nullable Void> run : runs) {
        result(run);
      }
      return Figures.of(measured.stream().map(Member::laps).toList(), totalNanos, allocated);
    }
  }

  private static @Nullable Void run(
      Member member, CountDownLatch ready, CountDownLatch go, CountDownLatch done)
      throws Exception {
    try {
      ready.countDown();
      go.await();
      member.laps().start();
      member.work().run(member.laps());
      return null;
    } finally {
      done.countDown();
    }
  }

  private static void result(Future<@Nullable Void> run) throws Exception {
    try {
      run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
