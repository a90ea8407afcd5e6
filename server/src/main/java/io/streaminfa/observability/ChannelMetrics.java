package io.streaminfa.observability;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;

/** How full the named hand-offs of the media path are, and who waits for them. One per process. */
public final class ChannelMetrics {
  private final Gauge utilization;
  private final Histogram sendWaitSeconds;
  private final Counter backpressureEvents;

  public ChannelMetrics(PrometheusRegistry registry) {
    utilization =
        Gauge.builder()
            .name("streaminfa_channel_utilization")
            .help("How full the hand-off's bounded queue is, 0 to 1.")
            .labelNames("channel_name", "stream_id")
            .register(registry);
    sendWaitSeconds =
        Histogram.builder()
            .name("streaminfa_channel_send_wait_seconds")
            .help("How long a sender waited for room in the hand-off's queue.")
            .labelNames("channel_name")
            .classicOnly()
            .classicUpperBounds(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
            .register(registry);
    backpressureEvents =
        Counter.builder()
            .name("streaminfa_backpressure_events_total")
            .help("How often a sender found the hand-off's queue full.")
            .labelNames("channel_name")
            .register(registry);
  }

  /** 0 is empty, 1 is full. */
  public void utilization(String channelName, String streamId, double fraction) {
    utilization.labelValues(channelName, streamId).set(fraction);
  }

  /** A sender found the queue full and waited. */
  public void waited(String channelName, long nanos) {
    backpressureEvents.labelValues(channelName).inc();
    sendWaitSeconds.labelValues(channelName).observe((double) nanos / TimeUnit.SECONDS.toNanos(1));
  }

  /** The stream is gone, and its series with it. */
  public void remove(String channelName, String streamId) {
    utilization.remove(channelName, streamId);
  }
}
