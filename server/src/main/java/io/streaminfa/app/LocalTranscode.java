package io.streaminfa.app;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.config.Config;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.MemoryJobQueue;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.pipeline.VodEnvironment;
import io.streaminfa.pipeline.VodLimits;
import io.streaminfa.pipeline.VodMetrics;
import io.streaminfa.pipeline.VodPipelines;
import io.streaminfa.storage.FileObjectStore;
import io.streaminfa.storage.ObjectStore;
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
import io.streaminfa.transcode.FileTranscoder;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.TranscodeException;
import io.streaminfa.transcode.TranscodeMetrics;
import io.streaminfa.transcode.WorkerCommand;
import io.streaminfa.transcode.WorkerFileTranscoder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Does all that the server does with an upload, for a file of one's own and without a server. */
final class LocalTranscode {
  /** Whose file it is decides what it may be. */
  private static final List<String> VIDEO_CODECS =
      List.of("h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2", "prores");

  private static final List<String> AUDIO_CODECS =
      List.of("aac", "mp3", "opus", "flac", "ac3", "pcm");

  private static final long LOOK_INTERVAL_MS = 100;
  private static final String SOURCE = "source";

  /** What a store keeps beside its objects. */
  private static final String TEMPORARY = ".tmp";

  private final Config config;
  private final Clock clock = Clock.systemUTC();
  private final PrometheusRegistry unread = new PrometheusRegistry();
  private final ChannelMetrics channels = new ChannelMetrics(unread);
  private final FileTranscoder transcoder;

  LocalTranscode(Config config) {
    this.config = config;
    transcoder =
        new WorkerFileTranscoder(
            WorkerCommand.ofThisProcess(), new TranscodeMetrics(unread, channels));
  }

  /** Why there is no result. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String code, String message) {
      super(message + " (" + code + ")");
    }
  }

  /** Hears of the work. */
  interface Listener {
    void probed(MediaProbe probe);

    void progress(double fraction);
  }

  /**
   * Returns when {@code directory} holds the finished stream, with its {@code master.m3u8}, and
   * nothing else. Without success it is as it was, so that the next try finds it empty again.
   *
   * @param file left as it is
   * @param directory made when it is not there; must be empty
   */
  void run(Path file, Path directory, Listener listener)
      throws Failed, IOException, InterruptedException {
    MediaProbe probe = probe(file);
    listener.probed(probe);
    boolean isNew = Files.notExists(directory);
    Path work = Files.createTempDirectory("streaminfa-transcode-");
    boolean isDone = false;
    try {
      // The job removes its source when it is done: here that is a link.
      Files.createSymbolicLink(work.resolve(SOURCE), file.toAbsolutePath());
      StreamId id = transcode(work, directory, probe, listener);
      moveUp(directory.resolve(id.value()), directory);
      isDone = true;
    } finally {
      delete(work);
      if (isDone) {
        delete(directory.resolve(TEMPORARY));
      } else if (Files.exists(directory)) {
        deleteChildren(directory);
        if (isNew) {
          Files.delete(directory);
        }
      }
    }
  }

  private MediaProbe probe(Path file) throws Failed, InterruptedException {
    try {
      return transcoder.probe(file.toAbsolutePath(), limits());
    } catch (TranscodeException e) {
      throw new Failed(e.code(), String.valueOf(e.getMessage()));
    }
  }

  private StreamId transcode(Path work, Path directory, MediaProbe probe, Listener listener)
      throws Failed, IOException, InterruptedException {
    MemoryJobQueue jobs = new MemoryJobQueue();
    Consumer<VodJob> enqueue = job -> enqueue(jobs, job);
    try (ObjectStore store = FileObjectStore.open(directory)) {
      StreamRegistry streams =
          StreamRegistry.open(
              new MemoryStreamStore(
                  (stream, source) ->
                      enqueue.accept(VodJob.queued(stream.id(), source, clock.instant()))),
              clock,
              new StreamDefaults(true, Set.of()));
      try (VodPipelines pipelines = pipelines(work, store, streams, jobs)) {
        pipelines.start();
        StreamId id =
            streams
                .create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()))
                .stream()
                .id();
        pipelines.accept(id, new SourceFile(SOURCE), probe);
        await(streams, id, listener);
        return id;
      }
    } catch (StorageException e) {
      throw new IOException(e.getMessage(), e);
    } catch (StreamException | JobException e) {
      throw new IllegalStateException("state in memory cannot fail", e);
    }
  }

  private static void enqueue(MemoryJobQueue jobs, VodJob job) {
    try {
      jobs.enqueue(job);
    } catch (JobException.Conflict e) {
      throw new IllegalStateException("the only job", e);
    }
  }

  private VodPipelines pipelines(
      Path work, ObjectStore store, StreamRegistry streams, MemoryJobQueue jobs) {
    PackagerServices packaging =
        new PackagerServices(
            config.packaging(),
            store,
            clock,
            new PackagerMetrics(unread, channels),
            (key, after) -> {
              throw new IllegalStateException("a file's segment expires: " + key);
            });
    VodEnvironment environment =
        new VodEnvironment(streams, jobs, transcoder, packaging, new VodMetrics(unread), work);
    int slots = VodLimits.slotsFor(Runtime.getRuntime().availableProcessors(), config.transcode());
    return new VodPipelines(
        environment,
        new VodLimits(limits(), config.transcode(), config.packaging().segmentDuration(), slots),
        () -> 0);
  }

  private ProbeLimits limits() {
    return new ProbeLimits(
        VIDEO_CODECS,
        AUDIO_CODECS,
        config.ingest().maxDuration(),
        config.ingest().maxLongEdgePixels());
  }

  private static void await(StreamRegistry streams, StreamId id, Listener listener)
      throws Failed, InterruptedException {
    while (true) {
      Stream stream = streams.find(id).orElseThrow();
      switch (stream.state()) {
        case PENDING, LIVE, PROCESSING -> listener.progress(stream.progress());
        case READY -> {
          listener.progress(1);
          return;
        }
        case ERROR, DELETED -> {
          String code = stream.failure().map(f -> f.code()).orElse("internal_error");
          String message = stream.failure().map(f -> f.message()).orElse("The work was cancelled.");
          throw new Failed(code, message);
        }
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_INTERVAL_MS);
    }
  }

  /** Below its id a stream is served; here there is only one. */
  private static void moveUp(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(from)) {
      for (Path child : children) {
        Files.move(child, to.resolve(child.getFileName()));
      }
    }
    Files.delete(from);
  }

  private static void deleteChildren(Path directory) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
      for (Path child : children) {
        delete(child);
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      deleteChildren(path);
    }
    Files.deleteIfExists(path);
  }
}
