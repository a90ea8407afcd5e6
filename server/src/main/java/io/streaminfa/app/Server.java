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
import io.streaminfa.ingest.IngestMetrics;
import io.streaminfa.ingest.upload.UploadMetrics;
import io.streaminfa.ingest.upload.Uploads;
import io.streaminfa.observability.MetricsRegistry;
import io.streaminfa.pipeline.InterruptedStreams;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteExpiryLedger;
import io.streaminfa.state.SqliteJobQueue;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.state.StateException;
import io.streaminfa.storage.Retention;
import io.streaminfa.stream.KeyHash;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamMetrics;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerFileTranscoder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Constructs the services, starts them in the order of the fields and closes them in reverse: first
 * what takes media in, last what keeps it.
 */
final class Server implements AutoCloseable {
  /** What the HTTP side may take of the shutdown deadline; media comes first. */
  private static final Duration HTTP_CLOSE_TIME = Duration.ofSeconds(3);

  private static final String STATE_FILE = "streaminfa.db";

  private final Config config;
  private final DataDirectory dataDirectory;
  private final SqliteDatabase state;
  private final StoragePlane storage;
  private final Retention retention;
  private final Leftovers leftovers;
  private final InterruptedStreams interrupted;
  private final Stages stages;
  private final LivePlane live;
  private final VodPlane files;
  private final Uploads uploads;
  private final EventPlane events;
  private final ExecutorService blockingReads;
  private final OriginHandler origin;
  private final ControlApi control;
  private final HttpEndpoint http;
  private final Housekeeping housekeeping;
  private boolean closed;

  /**
   * @throws IOException when the data directory cannot be used
   */
  Server(Config config, WorkerCommand workers, FfmpegProbe ffmpeg, MetricsRegistry metrics)
      throws IOException {
    this.config = config;
    PrometheusRegistry prometheus = metrics.registry();
    Clock clock = Clock.systemUTC();
    dataDirectory = DataDirectory.claim(config.server().dataDir());
    state = openState(config, workers);
    SqliteStreamStore streamStore = new SqliteStreamStore(state);
    StreamRegistry streams = openRegistry(config, streamStore, clock);
    StreamMetrics.register(streams, prometheus);
    interrupted = new InterruptedStreams(streams);
    storage = StoragePlane.open(config, streams, prometheus, clock);
    retention = new Retention(storage.store(), new SqliteExpiryLedger(state), clock, this::purge);
    leftovers =
        new Leftovers(
            streams, storage.store(), retention, config.packaging().segmentRetention(), clock);
    AuthMetrics authMetrics = new AuthMetrics(prometheus);
    AttemptLimiter limiter = new AttemptLimiter(config.auth(), System::nanoTime);
    StreamKeyVerifier keys = new StreamKeyVerifier(streams, limiter, authMetrics);
    IngestMetrics ingestMetrics = IngestMetrics.register(prometheus);
    stages = Stages.of(config, workers, storage.store(), retention, prometheus, clock);
    live =
        new LivePlane(
            config, stages, streams, keys, prometheus, ingestMetrics, clock, storage::takesMedia);
    files = openFiles(workers, streams, prometheus);
    uploads = openUploads(ingestMetrics, prometheus, clock);
    events = new EventPlane(config.webhooks(), state, streams, prometheus, clock);
    blockingReads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("origin-", 0).factory());
    origin =
        new OriginHandler(
            live.packagers(),
            storage.store(),
            config.delivery(),
            config.cache(),
            new DeliveryMetrics(prometheus),
            blockingReads,
            id -> isDeleted(streams, id));
    control =
        new ControlApi(
            config.control(),
            new ControlApi.Services(
                streams,
                new PipelineActions(live.pipelines(), files.pipelines(), origin, retention),
                AdminAuthenticator.open(
                    config.auth(), config.server().dataDir(), limiter, authMetrics),
                Optional.of(uploadAccess()),
                Optional.of(events.access()),
                ReadinessChecks.of(config, storage, live.rtmp(), state, ffmpeg),
                Version.current(),
                Optional.of(prometheus).filter(_ -> config.observability().metricsEnabled()),
                metrics.uncaughtExceptions()));
    http = new HttpEndpoint(config, origin, control, new WatchPage(), prometheus);
    housekeeping = new Housekeeping(streams, streamStore, clock);
  }

  private ControlApi.UploadAccess uploadAccess() {
    return new ControlApi.UploadAccess(uploads, config.delivery().corsAllowedOrigins());
  }

  private VodPlane openFiles(
      WorkerCommand workers, StreamRegistry streams, PrometheusRegistry prometheus)
      throws IOException {
    return new VodPlane(
        config,
        new SqliteJobQueue(state),
        new WorkerFileTranscoder(workers, stages.transcodeMetrics()),
        stages.packaging(),
        streams,
        prometheus,
        live.pipelines()::liveStreams);
  }

  private Uploads openUploads(IngestMetrics ingest, PrometheusRegistry prometheus, Clock clock)
      throws IOException {
    return Uploads.open(
        config.server().dataDir(),
        config.ingest(),
        files.uploads(),
        new UploadMetrics(prometheus, ingest),
        clock);
  }

  private static SqliteDatabase openState(Config config, WorkerCommand workers) throws IOException {
    try {
      return SqliteDatabase.open(
          config.server().dataDir().resolve(STATE_FILE),
          Optional.ofNullable(workers.nativesDirectory()));
    } catch (StateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static StreamRegistry openRegistry(
      Config config, SqliteStreamStore streamStore, Clock clock) throws IOException {
    var ingestKeys =
        config.auth().ingestStreamKeys().stream().map(KeyHash::of).collect(Collectors.toSet());
    try {
      return StreamRegistry.open(
          streamStore, clock, new StreamDefaults(config.packaging().recordLive(), ingestKeys));
    } catch (StreamException e) {
      throw new IOException("the stream store cannot be read: " + e.getMessage(), e);
    }
  }

  private void purge(String prefix) {
    origin.purge(prefix);
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
   * @throws IOException when a port cannot be bound, or the state cannot be saved
   */
  void start() throws IOException, InterruptedException {
    try {
      interrupted.fail();
    } catch (StreamException e) {
      throw new IOException(e.getMessage(), e);
    }
    leftovers.start(); // before the first publisher, so that it hears of every failure
    retention.start();
    events.start();
    live.start();
    files.start();
    http.start();
    housekeeping.start();
  }

  /** The port that HTTP listens on, once started. */
  int controlPort() {
    return http.port();
  }

  /** The port that RTMP listens on, once started. */
  int rtmpPort() {
    return live.rtmp().port();
  }

  /**
   * Stops within {@code server.shutdown_timeout_secs}; what is live gets its end and its recording.
   * When interrupted, stops at once what can be stopped at once. May be called again.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    housekeeping.close();
    uploads.close();
    files.close();
    try {
      live.drain(config.server().shutdownTimeout().dividedBy(3));
      events.close();
      http.close(HTTP_CLOSE_TIME);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      events.close();
      control.close();
      blockingReads.shutdownNow();
      live.close();
      leftovers.close();
      retention.close();
      storage.close();
      state.close();
      dataDirectory.close();
    }
  }
}
