package io.streaminfa.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.control.ReadinessCheck.CheckResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all checks side by side, each under a deadline. The route is open to anyone, so an answer is
 * kept for a moment, one evaluation runs at a time, and a check that hangs is not started again
 * before it came back.
 */
final class Readiness {
  static final Duration CHECK_DEADLINE = Duration.ofSeconds(2);
  private static final Duration ANSWER_KEPT = Duration.ofSeconds(1);

  /** A server that starts is waited for by somebody who asks often. */
  private static final Duration REFUSAL_KEPT = Duration.ofMillis(100);

  private static final Logger log = LoggerFactory.getLogger(Readiness.class);

  private final List<Probe> probes;
  private final ExecutorService virtualThreads;
  private final Duration deadline;
  private final ReentrantLock evaluation = new ReentrantLock();

  @GuardedBy("evaluation")
  private @Nullable Report kept;

  @GuardedBy("evaluation")
  private long keptAtNanos;

  Readiness(List<ReadinessCheck> checks, ExecutorService virtualThreads, Duration deadline) {
    this.probes = checks.stream().map(Probe::new).toList();
    this.virtualThreads = virtualThreads;
    this.deadline = deadline;
  }

  /** All results, in the order of the checks. */
  record Report(List<Outcome> outcomes) {
    boolean ready() {
      return outcomes.stream().allMatch(o -> o.result().ok() || !o.check().critical());
    }

    boolean degraded() {
      return outcomes.stream().anyMatch(o -> !o.result().ok());
    }
  }

  /** One check's result and how long it took. */
  record Outcome(ReadinessCheck check, CheckResult result, Duration latency) {}

  Report evaluate() throws InterruptedException {
    evaluation.lockInterruptibly();
    try {
      Report report = kept;
      if (report == null || System.nanoTime() - keptAtNanos >= lifetime(report).toNanos()) {
        report = new Report(run());
        kept = report;
        keptAtNanos = System.nanoTime();
      }
      return report;
    } finally {
      evaluation.unlock();
    }
  }

  private static Duration lifetime(Report report) {
    return report.ready() ? ANSWER_KEPT : REFUSAL_KEPT;
  }

  private List<Outcome> run() throws InterruptedException {
    long startNanos = System.nanoTime();
    List<Future<Outcome>> running = new ArrayList<>();
    for (Probe probe : probes) {
      running.add(virtualThreads.submit(probe::run));
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < running.size(); i++) {
      outcomes.add(await(probes.get(i).check, running.get(i), startNanos));
    }
    return outcomes;
  }

  private Outcome await(ReadinessCheck check, Future<Outcome> running, long startNanos)
      throws InterruptedException {
    long leftNanos = deadline.toNanos() - (System.nanoTime() - startNanos);
    try {
      return running.get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      return new Outcome(
          check,
          CheckResult.failed("no answer within " + deadline.toMillis() + " ms"),
          Duration.ofNanos(System.nanoTime() - startNanos));
    } catch (ExecutionException e) {
      log.error("readiness_check_broken check={}", check.name(), e.getCause());
      return new Outcome(
          check,
          CheckResult.failed("the check itself failed; see the log"),
          Duration.ofNanos(System.nanoTime() - startNanos));
    }
  }

  /** A check that runs at most once at a time. */
  private static final class Probe {
    private final ReadinessCheck check;
    private final AtomicBoolean busy = new AtomicBoolean();

    Probe(ReadinessCheck check) {
      this.check = check;
    }

    Outcome run() throws InterruptedException {
      if (!busy.compareAndSet(false, true)) {
        return new Outcome(
            check, CheckResult.failed("an earlier check still hangs"), Duration.ZERO);
      }
      long startNanos = System.nanoTime();
      try {
        CheckResult result = check.check();
        return new Outcome(check, result, Duration.ofNanos(System.nanoTime() - startNanos));
      } finally {
        busy.set(false);
      }
    }
  }
}
