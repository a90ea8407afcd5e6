package io.streaminfa.pipeline;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.streaminfa.auth.AttemptLimiter;
import io.streaminfa.auth.AuthMetrics;
import io.streaminfa.auth.AuthSettings;
import io.streaminfa.auth.StreamKeyVerifier;
import io.streaminfa.ingest.IngestMetrics;
import io.streaminfa.ingest.PublishRequest;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.packager.LivePackagers;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.storage.ForwardingStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** The live pipelines with everything around them, but for real workers and connections. */
final class Station {
  static final LiveLimits LIMITS =
      new LiveLimits(
          3, Duration.ofSeconds(30), Duration.ZERO, Duration.ofSeconds(5), Duration.ofSeconds(10));

  final CopyingTranscoder transcoder = new CopyingTranscoder();
  final PrometheusRegistry prometheus = new PrometheusRegistry();
  final MemoryObjectStore objects = new MemoryObjectStore(1 << 26);
  final StreamRegistry registry;
  final LivePackagers packagers;
  final LivePipelines pipelines;
  volatile Predicate<ObjectKey> failing = _ -> false;
  volatile boolean storeTakesMedia = true;
  volatile StorageException.Kind failureKind = StorageException.Kind.UNAVAILABLE;
  volatile CountDownLatch hanging = new CountDownLatch(0);

  Station(LiveLimits limits) throws Exception {
    this(limits, Duration.ofSeconds(2));
  }

  Station(LiveLimits limits, Duration segmentDuration) throws Exception {
    registry =
        StreamRegistry.open(
            new MemoryStreamStore(), Clock.systemUTC(), new StreamDefaults(true, Set.of()));
    ForwardingStore store =
        new ForwardingStore(objects) {
          @Override
          public void put(ObjectKey key, ByteBuffer data)
              throws StorageException, InterruptedException {
            hanging.await();
            if (failing.test(key)) {
              throw new StorageException(failureKind, "told to fail");
            }
            super.put(key, data);
          }
        };
    packagers =
        new LivePackagers(
            new PackagerServices(
                new PackagingSettings(segmentDuration, 6, 7, Duration.ofHours(1), true),
                store,
                Clock.systemUTC(),
                new PackagerMetrics(prometheus, new ChannelMetrics(prometheus)),
                (_, _) -> {}));
    AuthSettings auth =
        new AuthSettings(List.of(), List.of(), 5, Duration.ofMinutes(1), Duration.ofMinutes(1));
    pipelines =
        new LivePipelines(
            registry,
            new StreamKeyVerifier(
                registry, new AttemptLimiter(auth, System::nanoTime), new AuthMetrics(prometheus)),
            transcoder,
            packagers,
            store,
            limits,
            new PipelineMetrics(prometheus, IngestMetrics.register(prometheus)),
            Clock.systemUTC(),
            () -> storeTakesMedia);
  }

  NewStream.Made make() throws Exception {
    return registry.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()));
  }

  Publisher connect(NewStream.Made stream) throws Exception {
    return new Publisher(pipelines.open(request(stream))).obeying();
  }

  static PublishRequest request(NewStream.Made stream) {
    return new PublishRequest(
        stream.key().orElseThrow().secret(), InetAddress.ofLiteral("192.0.2.7"), "c1", "rtmp");
  }

  /** A publisher of pictures and sound that is live by now. */
  Publisher live(NewStream.Made stream, double seconds) throws Exception {
    Publisher publisher = connect(stream).start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(seconds, Publisher.VIDEO, Publisher.AUDIO);
    awaitState(stream, StreamState.LIVE);
    return publisher;
  }

  Stream find(NewStream.Made stream) {
    return registry.find(stream.stream().id()).orElseThrow();
  }

  void awaitState(NewStream.Made stream, StreamState state) {
    Awaitility.await().until(() -> find(stream).state() == state);
  }

  void awaitPublishing(NewStream.Made stream, boolean isPublishing) {
    Awaitility.await().until(() -> find(stream).publishing() == isPublishing);
  }

  PlaylistView playlist(NewStream.Made stream, String rendition) {
    ObjectKey key = ObjectKey.mediaPlaylist(stream.stream().id().value(), rendition);
    return packagers
        .playlist(key)
        .map(published -> PlaylistView.of(published.text()))
        .or(() -> objects.get(key).map(stored -> PlaylistView.of(stored.data())))
        .orElseThrow();
  }

  List<?> objectsOf(NewStream.Made stream) throws Exception {
    return objects.list(
        ObjectKey.streamPrefix(stream.stream().id().value()), Optional.empty(), 100);
  }

  /** As the API does it. */
  void delete(NewStream.Made stream) throws Exception {
    StreamId id = stream.stream().id();
    registry.delete(id);
    pipelines.delete(id);
  }

  double publishers() {
    for (MetricSnapshot metric : prometheus.scrape()) {
      if (metric instanceof GaugeSnapshot gauge
          && metric.getMetadata().getName().equals("streaminfa_ingest_active_streams")) {
        return gauge.getDataPoints().getFirst().getValue();
      }
    }
    throw new AssertionError("no gauge");
  }

  /** All series of a counter together. */
  double counted(String name) {
    double sum = 0;
    for (MetricSnapshot metric : prometheus.scrape()) {
      if (metric instanceof CounterSnapshot counter
          && metric.getMetadata().getName().equals(name)) {
        sum += counter.getDataPoints().stream().mapToDouble(p -> p.getValue()).sum();
      }
    }
    return sum;
  }

  void close() throws Exception {
    pipelines.close();
    packagers.close();
  }
}
