package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.auth.AdminAuthenticator;
import io.streaminfa.auth.AttemptLimiter;
import io.streaminfa.auth.AuthMetrics;
import io.streaminfa.auth.StreamKeyVerifier;
import io.streaminfa.config.Config;
import io.streaminfa.control.ControlApi;
import io.streaminfa.delivery.DeliveryMetrics;
import io.streaminfa.delivery.OriginHandler;
import io.streaminfa.delivery.WatchPage;
import io.streaminfa.ingest.rtmp.RtmpMetrics;
import io.streaminfa.ingest.rtmp.RtmpServer;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.observability.MetricsRegistry;
import io.streaminfa.packager.LivePackagers;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.pipeline.LiveLimits;
import io.streaminfa.pipeline.LivePipelines;
import io.streaminfa.pipeline.PipelineMetrics;
import io.streaminfa.storage.FileObjectStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.MeteredObjectStore;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.Retention;
import io.streaminfa.storage.StorageException;
import io.streaminfa.storage.StorageMetrics;
import io.streaminfa.stream.KeyHash;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamMetrics;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import io.streaminfa.transcode.TranscodeMetrics;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerTranscoder;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Constructs the services, starts them in the order of the fields and closes them in reverse: first
 * what takes media in, last what keeps it.
 */
final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** Evicted segments that wait for their deletion: an hour of 100 streams of five renditions. */
  private static final int MAX_EXPIRING_OBJECTS = 500_000;

  /** What the HTTP side may take of the shutdown deadline; media comes first. */
  private static final Duration HTTP_CLOSE_TIME = Duration.ofSeconds(3);

  private final Config config;
  private final ObjectStore store;
  private final StreamRegistry streams;
  private final Retention retention;
  private final WorkerTranscoder transcoder;
  private final LivePackagers packagers;
  private final LivePipelines pipelines;
  private final ExecutorService blockingReads;
  private final ControlApi control;
  private final OriginHandler origin;
  private final HttpEndpoint http;
  private final RtmpServer rtmp;
  private final FfmpegProbe ffmpeg;
  private final Housekeeping housekeeping;
  private final AdminAuthenticator admins;
  private boolean closed;

  /**
   * @throws IOException when the data directory cannot be used
   */
  Server(Config config, MetricsRegistry metrics) throws IOException {
    this.config = config;
    PrometheusRegistry prometheus = metrics.registry();
    Clock clock = Clock.systemUTC();
    Files.createDirectories(config.server().dataDir());
    store = new MeteredObjectStore(openStore(config), new StorageMetrics(prometheus));
    streams = openRegistry(config, clock);
    StreamMetrics.register(streams, prometheus);
    retention = new Retention(store, clock, MAX_EXPIRING_OBJECTS);
    WorkerCommand command = WorkerCommand.ofThisProcess();
    ffmpeg = new FfmpegProbe(command);
    transcoder =
        new WorkerTranscoder(
            config.transcode(),
            false,
            command,
            new TranscodeMetrics(prometheus, new ChannelMetrics(prometheus)));
    packagers =
        new LivePackagers(
            new PackagerServices(
                config.packaging(),
                store,
                clock,
                new PackagerMetrics(prometheus),
                retention::expire));
    AuthMetrics authMetrics = new AuthMetrics(prometheus);
    AttemptLimiter limiter = new AttemptLimiter(config.auth(), System::nanoTime);
    pipelines =
        new LivePipelines(
            streams,
            new StreamKeyVerifier(streams, limiter, authMetrics),
            transcoder,
            packagers,
            store,
            liveLimits(config),
            new PipelineMetrics(prometheus),
            clock);
    blockingReads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("origin-", 0).factory());
    origin =
        new OriginHandler(
            packagers,
            store,
            config.delivery(),
            config.cache(),
            new DeliveryMetrics(prometheus),
            blockingReads,
            id -> isDeleted(streams, id));
    admins =
        AdminAuthenticator.open(
            config.auth(), config.server().dataDir(), limiter, authMetrics);
    rtmp =
        new RtmpServer(
            config.server().host(),
            config.server().rtmpPort(),
            config.ingest(),
            pipelines,
            RtmpMetrics.register(prometheus));
    control =
        new ControlApi(
            config.control(),
            new ControlApi.Services(
                streams,
                new PipelineActions(pipelines, origin),
                admins,
                ReadinessChecks.of(config, store, rtmp, streams, ffmpeg),
                Version.current(),
                config.observability().metricsEnabled()
                    ? Optional.of(prometheus)
                    : Optional.empty(),
                metrics.uncaughtExceptions()));
    http = new HttpEndpoint(config.control(), origin, control, new WatchPage());
    housekeeping = new Housekeeping(streams, clock);
  }

  private static ObjectStore openStore(Config config) throws IOException {
    return switch (config.storage().backend()) {
      case MEMORY -> new MemoryObjectStore(Runtime.getRuntime().maxMemory() / 2);
      case FILE -> openFileStore(config);
      case S3 ->
          throw new IOException(
              "storage.backend \"s3\" is not available in this version; use \"file\" or \"memory\"");
    };
  }

  private static ObjectStore openFileStore(Config config) throws IOException {
    try {
      return FileObjectStore.open(config.server().dataDir().resolve("media"));
    } catch (StorageException e) {
      throw new IOException("the file store cannot be opened: " + e.getMessage(), e);
    }
  }

  private static StreamRegistry openRegistry(Config config, Clock clock) throws IOException {
    var ingestKeys =
        config.auth().ingestStreamKeys().stream().map(KeyHash::of).collect(Collectors.toSet());
    try {
      return StreamRegistry.open(
          new MemoryStreamStore(),
          clock,
          new StreamDefaults(config.packaging().recordLive(), ingestKeys));
    } catch (StreamException e) {
      throw new IOException("the stream store cannot be read: " + e.getMessage(), e);
    }
  }

  private static LiveLimits liveLimits(Config config) {
    return new LiveLimits(
        config.ingest().maxConcurrentLiveStreams(),
        config.ingest().reconnectWindow(),
        LiveLimits.endingGraceOf(config.packaging().segmentDuration()),
        config.server().shutdownTimeout().dividedBy(2));
  }

  private static boolean isDeleted(StreamRegistry streams, String streamId) {
    return StreamId.parse(streamId)
        .flatMap(streams::find)
        .map(Stream::state)
        .filter(state -> state == StreamState.DELETED)
        .isPresent();
  }

  /**
   * Serves when this returns.
   *
   * @throws IOException when a port cannot be bound
   */
  void start() throws IOException, InterruptedException {
    ffmpeg.start();
    rtmp.start();
    http.start();
    housekeeping.start();
  }

  /** The port that HTTP listens on, once started. */
  int controlPort() {
    return http.port();
  }

  /** The port that RTMP listens on, once started. */
  int rtmpPort() {
    return rtmp.port();
  }

  /** Stops within {@code server.shutdown_timeout_secs}; what is live gets its end and its recording. */
  @Override
  public void close() throws InterruptedException {
    if (closed) {
      return;
    }
    closed = true;
    housekeeping.close();
    rtmp.close(config.server().shutdownTimeout().dividedBy(3));
    pipelines.close();
    http.close(HTTP_CLOSE_TIME);
    control.close();
    blockingReads.shutdownNow();
    packagers.close();
    transcoder.close();
    retention.close();
    store.close();
  }
}
