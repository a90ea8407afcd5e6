package io.streaminfa.stream;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;

/** What the registry shows of itself. */
public final class StreamMetrics {
  private StreamMetrics() {}

  /**
   * Registers {@code streaminfa_streams_total{status}}, how many streams came to a status since the
   * start, and {@code streaminfa_stream_records{status}}, how many are in it now. One name cannot
   * be both: Prometheus keeps {@code _total} for what only grows.
   */
  public static void register(StreamRegistry streams, PrometheusRegistry prometheus) {
    Counter entered =
        Counter.builder()
            .name("streaminfa_streams_total")
            .help("Streams that came to a status since the server started.")
            .labelNames("status")
            .register(prometheus);
    for (StreamState state : StreamState.values()) {
      entered.initLabelValues(state.wireName());
    }
    streams.addListener((_, event, after) -> count(event, after, entered));
    GaugeWithCallback.builder()
        .name("streaminfa_stream_records")
        .help("Streams that are in a status now.")
        .labelNames("status")
        .callback(
            callback -> {
              for (StreamState state : StreamState.values()) {
                StreamFilter filter = new StreamFilter(Optional.of(state), Optional.empty());
                callback.call((double) streams.count(filter), state.wireName());
              }
            })
        .register(prometheus);
  }

  private static void count(StreamEvent event, Stream after, Counter entered) {
    switch (event) {
      case StreamEvent.Created _,
          StreamEvent.Live _,
          StreamEvent.Processing _,
          StreamEvent.Ready _,
          StreamEvent.Failed _,
          StreamEvent.Deleted _ ->
          entered.labelValues(after.state().wireName()).inc();
      case StreamEvent.Edited _,
          StreamEvent.KeyRotated _,
          StreamEvent.PublisherLost _,
          StreamEvent.PublisherBack _,
          StreamEvent.Progress _,
          StreamEvent.RenditionsAdded _ -> {}
    }
  }
}
