package io.streaminfa.observability;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/**
 * The metrics of one server: the registry that each stage's own metrics record registers with, and
 * the metrics of the process itself. Made once at the start, when the up-time begins.
 */
public final class MetricsRegistry {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final long startNanos = System.nanoTime();
  private final Counter uncaughtExceptions;
  private final Gauge shutdownInProgress;

  public MetricsRegistry() {
    registerJvmMetrics();
    GaugeWithCallback.builder()
        .name("streaminfa_uptime_seconds")
        .help("Time since the start.")
        .callback(callback -> callback.call(uptime().toMillis() / 1000.0))
        .register(registry);
    uncaughtExceptions =
        Counter.builder()
            .name("streaminfa_uncaught_exceptions_total")
            .help("Threads that ended with an exception that nothing had foreseen.")
            .register(registry);
    shutdownInProgress =
        Gauge.builder()
            .name("streaminfa_shutdown_in_progress")
            .help("1 while the server stops.")
            .register(registry);
  }

  /**
   * Not all that the library has: its look at native memory runs a diagnostic command, which loads
   * Flight Recorder and costs a quarter of a second at the start.
   */
  private void registerJvmMetrics() {
    JvmThreadsMetrics.builder().register(registry);
    JvmMemoryMetrics.builder().register(registry);
    JvmMemoryPoolAllocationMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmClassLoadingMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Where stages register what they count, under names that begin with {@code streaminfa_}. */
  public PrometheusRegistry registry() {
    return registry;
  }

  /** Since this object was made. */
  public Duration uptime() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** For those who foresee that something unforeseen may be thrown at them. */
  public Counter uncaughtExceptions() {
    return uncaughtExceptions;
  }

  /** A thread has ended with an exception. */
  public void countUncaughtException() {
    uncaughtExceptions.inc();
  }

  /** The server begins to stop. */
  public void markShutdown() {
    shutdownInProgress.set(1);
  }
}
