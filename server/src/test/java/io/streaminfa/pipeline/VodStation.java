package io.streaminfa.pipeline;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.jobs.MemoryJobQueue;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.state.SqliteDatabase;
import io.streaminfa.state.SqliteJobQueue;
import io.streaminfa.state.SqliteStreamStore;
import io.streaminfa.storage.ForwardingStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import io.streaminfa.stream.StreamStore;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The work on files with everything around it, but for real workers; can be started again. */
final class VodStation implements AutoCloseable {
  static final int SLOTS = 3;

  static final TranscodeSettings SETTINGS =
      new TranscodeSettings(
          Duration.ofSeconds(2),
          64,
          "veryfast",
          "libx264",
          List.of(
              new LadderRung(
                  "high",
                  new Resolution(1280, 720),
                  Bitrate.ofKbps(2000),
                  Bitrate.ofKbps(128),
                  "main",
                  "3.1",
                  "medium")));

  private static final VodLimits LIMITS =
      new VodLimits(
          new ProbeLimits(List.of("h264"), List.of("aac"), Duration.ofHours(1), 4096),
          SETTINGS,
          Duration.ofSeconds(2),
          SLOTS);

  final ScriptedFileTranscoder transcoder = new ScriptedFileTranscoder();
  final MemoryObjectStore objects = new MemoryObjectStore(1 << 26);
  final PrometheusRegistry prometheus = new PrometheusRegistry();

  /** How often a method of the state's store still fails, by its name. */
  final Map<String, Integer> failingCalls = new ConcurrentHashMap<>();

  volatile Predicate<ObjectKey> failing = _ -> false;
  volatile int liveStreams;
  StreamRegistry streams;
  JobQueue jobs;
  VodPipelines pipelines;

  private final PackagerServices packaging;
  private final VodMetrics metrics = new VodMetrics(prometheus);
  private final Path directory;
  private final boolean isDurable;
  private @Nullable SqliteDatabase database;

  VodStation(Path directory, boolean isDurable) throws Exception {
    this.directory = directory;
    this.isDurable = isDurable;
    ForwardingStore store =
        new ForwardingStore(objects) {
          @Override
          public void put(ObjectKey key, ByteBuffer data)
              throws StorageException, InterruptedException {
            if (failing.test(key)) {
              throw new StorageException(StorageException.Kind.UNAVAILABLE, "told to fail");
            }
            super.put(key, data);
          }
        };
    packaging =
        new PackagerServices(
            new PackagingSettings(Duration.ofSeconds(6), 6, 7, Duration.ofHours(1), true),
            store,
            Clock.systemUTC(),
            new PackagerMetrics(prometheus, new ChannelMetrics(prometheus)),
            (_, _) -> {});
    open();
  }

  private void open() throws Exception {
    StreamStore streamStore;
    if (isDurable) {
      database = SqliteDatabase.open(directory.resolve("state.db"), Optional.empty());
      jobs = flaky(JobQueue.class, new SqliteJobQueue(database));
      streamStore = new SqliteStreamStore(database);
    } else {
      MemoryJobQueue memory = new MemoryJobQueue();
      jobs = flaky(JobQueue.class, memory);
      streamStore = new MemoryStreamStore((stream, source) -> enqueue(memory, stream, source));
    }
    streams =
        StreamRegistry.open(
            flaky(StreamStore.class, streamStore),
            Clock.systemUTC(),
            new StreamDefaults(true, Set.of()));
    pipelines =
        new VodPipelines(
            new VodEnvironment(streams, jobs, transcoder, packaging, metrics, directory),
            LIMITS,
            () -> liveStreams,
            Duration.ofMillis(5));
  }

  private static void enqueue(MemoryJobQueue jobs, Stream stream, SourceFile source) {
    try {
      jobs.enqueue(VodJob.queued(stream.id(), source, stream.createdAt()));
    } catch (JobException.Conflict e) {
      throw new AssertionError(e);
    }
  }

  private <T> T flaky(Class<T> type, T real) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              boolean isGroup = method.getName().equals("saveAll");
              Integer left =
                  failingCalls.computeIfPresent(
                      type.getSimpleName() + "." + (isGroup ? "save" : method.getName()),
                      (_, n) -> n - 1);
              if (left != null && left >= 0) {
                IOException cause = new IOException("told to fail");
                if (isGroup) {
                  return Collections.nCopies(
                      ((List<?>) arguments[0]).size(),
                      new StreamStore.Outcome.Failed(
                          new StreamException.StoreFailed("no disk", cause)));
                }
                throw type == StreamStore.class
                    ? new StreamException.StoreFailed("no disk", cause)
                    : new JobException.StoreFailed("no disk", cause);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
  }

  VodStation start() throws Exception {
    pipelines.start();
    return this;
  }

  /** Another process on the same state and the same media; {@link #start} is to follow. */
  VodStation reopened() throws Exception {
    close();
    failingCalls.clear();
    transcoder.begun.clear();
    open();
    return this;
  }

  StreamId make() throws Exception {
    return streams
        .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
        .stream()
        .id();
  }

  SourceFile source(StreamId id) throws IOException {
    SourceFile source = new SourceFile(id.value() + ".mp4");
    Files.writeString(source.in(directory), "a film");
    return source;
  }

  boolean hasSource(StreamId id) {
    return Files.exists(directory.resolve(id.value() + ".mp4"));
  }

  /** Half a minute of film: three chunks of 10 s, and the sound. */
  StreamId accept() throws Exception {
    return accept(30);
  }

  StreamId accept(int seconds) throws Exception {
    StreamId id = make();
    pipelines.accept(id, source(id), ScriptedFileTranscoder.probe(seconds));
    return id;
  }

  Stream find(StreamId id) {
    return streams.find(id).orElseThrow();
  }

  Stream await(StreamId id, StreamState state) {
    Awaitility.await().until(() -> find(id).state() == state);
    return find(id);
  }

  /** Waits for the last step of all. */
  void awaitOver(StreamId id) {
    Awaitility.await().until(() -> jobs.find(id).filter(job -> job.state().isOpen()).isEmpty());
    Awaitility.await().until(() -> !hasProgressSeries());
  }

  boolean hasProgressSeries() {
    return prometheus.scrape().stream()
        .filter(m -> m.getMetadata().getName().equals("streaminfa_vod_progress_percent"))
        .anyMatch(m -> !((GaugeSnapshot) m).getDataPoints().isEmpty());
  }

  PlaylistView playlist(StreamId id, String rendition) {
    return PlaylistView.of(
        objects.get(ObjectKey.mediaPlaylist(id.value(), rendition)).orElseThrow().data());
  }

  /** What is stored for those who have the store and not the API. */
  String description(StreamId id) {
    ByteBuffer data = objects.get(ObjectKey.metadata(id.value())).orElseThrow().data();
    return StandardCharsets.UTF_8.decode(data.duplicate()).toString();
  }

  boolean isPlayable(StreamId id) {
    return objects.head(ObjectKey.multivariantPlaylist(id.value())).isPresent();
  }

  @Override
  public void close() {
    pipelines.close();
    if (database != null) {
      database.close();
    }
  }
}
