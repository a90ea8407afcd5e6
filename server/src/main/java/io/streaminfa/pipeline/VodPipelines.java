package io.streaminfa.pipeline;

import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.observability.LogContext;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.FileTranscoder;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.TranscodeException;
import io.streaminfa.transcode.VodPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work on uploaded files: a few threads that take chunks from the queue, oldest job first, and
 * live streams come before all of them. What is done is in the queue and in the store; nothing that
 * a crash destroys is needed to go on.
 */
public final class VodPipelines implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VodPipelines.class);

  /** What failed is tried again twice, unless it must fail again. */
  static final int MAX_TRIES = 3;

  /** How often a thread that has nothing to do looks whether live streams have left it room. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  /** After the state or the media could not be read or written. */
  private static final Duration TROUBLE_PAUSE = Duration.ofSeconds(5);

  /** How often a finished chunk is offered to a queue that cannot save it. */
  private static final int MAX_SAVES = 12;

  /** How long a killed worker may take to be gone. */
  private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(15);

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  private final VodEnvironment environment;
  private final JobQueue jobs;
  private final FileTranscoder transcoder;
  private final VodLimits limits;
  private final IntSupplier liveStreams;
  private final Duration troublePause;
  private final VodJobs works;
  private final VodTaskBoard board;
  private final List<Thread> threads = new ArrayList<>();

  private volatile boolean closed;

  /**
   * @param liveStreams how many streams are live now: each takes a slot, but for the last one
   */
  public VodPipelines(VodEnvironment environment, VodLimits limits, IntSupplier liveStreams) {
    this(environment, limits, liveStreams, TROUBLE_PAUSE);
  }

  VodPipelines(
      VodEnvironment environment,
      VodLimits limits,
      IntSupplier liveStreams,
      Duration troublePause) {
    this.environment = environment;
    this.jobs = environment.jobs();
    this.transcoder = environment.transcoder();
    this.limits = limits;
    this.liveStreams = liveStreams;
    this.troublePause = troublePause;
    this.works = new VodJobs(environment);
    this.board = new VodTaskBoard(jobs, LOOK_INTERVAL);
  }

  /** Goes on with what earlier processes left, and works on new files from now on. */
  public void start() throws JobException {
    int again = jobs.reopen();
    List<VodJob> open = jobs.open();
    if (!open.isEmpty()) {
      log.info("{} files to go on with, {} chunks of them again", open.size(), again);
    }
    for (VodJob job : open) {
      resume(job);
    }
    for (int slot = 0; slot < limits.slots(); slot++) {
      int number = slot;
      threads.add(Thread.ofVirtual().name("vod-" + slot).start(() -> work(number)));
    }
  }

  private void resume(VodJob job) throws JobException {
    StreamId id = job.streamId();
    if (!works.isWanted(id)) {
      works.forget(id);
      works.drop(id);
    } else if (job.state() == VodJob.State.QUEUED) {
      board.add(new VodTask.Plan(id));
    } else {
      board.add(new VodTask.Finish(id));
    }
  }

  private boolean isComplete(StreamId id) throws JobException.StoreFailed {
    return jobs.chunks(id).stream().allMatch(chunk -> chunk.state() == VodChunk.State.DONE);
  }

  /** Whether a stream's file is still needed. */
  boolean worksOn(StreamId id) throws JobException {
    return jobs.find(id).filter(job -> job.state().isOpen()).isPresent();
  }

  /**
   * Looks into a file.
   *
   * @throws TranscodeException whose code says why it cannot be made into a stream
   */
  public MediaProbe probe(Path file) throws TranscodeException, InterruptedException {
    return transcoder.probe(file, limits.probe());
  }

  /**
   * Makes a complete file durable work: when this returns, the stream will become ready, or an
   * error with a reason.
   *
   * @param source where it lies, to be left alone from now on
   * @param probe what is in it
   * @throws StreamException when the stream takes no file, or was deleted meanwhile
   * @throws JobException when the stream was deleted meanwhile
   */
  public void accept(StreamId id, SourceFile source, MediaProbe probe)
      throws StreamException, JobException {
    environment.streams().processing(id, source);
    try {
      plan(id, probe);
    } catch (StreamException.StoreFailed | JobException.StoreFailed | RuntimeException e) {
      log.error("the file is taken and is planned a little later", e);
      board.add(new VodTask.Plan(id));
    }
  }

  /** The same of a file that could not be looked into so far: that is part of the work then. */
  public void acceptUnseen(StreamId id, SourceFile source) throws StreamException {
    environment.streams().processing(id, source);
    board.add(new VodTask.Plan(id));
  }

  private void plan(StreamId id, MediaProbe probe) throws StreamException, JobException {
    VodJobPlan plan =
        VodJobPlan.of(VodPlan.of(probe, limits.transcode()), limits.segmentDuration());
    List<VodChunk.Span> spans = plan.spans(limits.slots());
    works.describe(id, plan);
    jobs.plan(id, plan.toText(), spans);
    log.info("{} becomes {} in {} chunks", probe.summary(), plan.renditionNames(), spans.size());
    board.chunksWait();
  }

  /**
   * Ends the work on a stream at once and forgets it, with its file. What is stored is the caller's
   * to delete.
   *
   * @return whether none of it runs any more
   */
  public boolean cancel(StreamId id) throws JobException, InterruptedException {
    works.forget(id);
    board.interruptOthers(id);
    boolean isIdle = board.awaitIdle(id, CANCEL_DEADLINE);
    works.drop(id);
    return isIdle;
  }

  private void work(int slot) {
    while (!closed) {
      try {
        Optional<VodTask> task = board.next(() -> mayEncode(slot));
        if (task.isPresent()) {
          run(task.get());
        }
      } catch (JobException e) {
        log.error("the state of the work on files cannot be read", e);
        pause();
      } catch (InterruptedException e) {
        log.debug("cancelled");
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(troublePause);
    } catch (InterruptedException e) {
      log.debug("closing");
    }
  }

  private boolean mayEncode(int slot) {
    return slot < Math.max(1, limits.slots() - liveStreams.getAsInt());
  }

  private void run(VodTask task) throws JobException, InterruptedException {
    try (var _ = LogContext.ofStream(task.streamId().value())) {
      perform(task);
    } catch (JobException.NotFound | JobException.Conflict e) {
      log.debug("overtaken by a deletion: {}", e.getMessage());
    } catch (JobException.StoreFailed e) {
      log.error("the state of the work on files cannot be kept; this is done again", e);
      Thread.sleep(troublePause);
      board.add(task);
    } finally {
      board.done();
    }
  }

  private void perform(VodTask task) throws JobException, InterruptedException {
    try {
      switch (task) {
        case VodTask.Plan(StreamId id) -> planAgain(id);
        case VodTask.Encode(VodChunk chunk) -> encode(chunk);
        case VodTask.Finish(StreamId id) -> finish(id);
      }
    } catch (RuntimeException e) {
      log.error("a mistake of this server", e);
      giveUp(task.streamId(), "internal_error", "The file cannot be worked on: " + e);
    }
  }

  /** Whoever took the file could not look into it, or was gone before it was cut into chunks. */
  private void planAgain(StreamId id) throws JobException, InterruptedException {
    VodJob job = jobs.find(id).orElseThrow(() -> new JobException.NotFound(id));
    Path file = job.source().in(environment.dataDirectory());
    for (int tries = 1; ; tries++) {
      try {
        plan(id, probe(file));
        return;
      } catch (TranscodeException e) {
        log.warn("looking into the file failed, try {} of {}: {}", tries, MAX_TRIES, e.code());
        if (e.sourceAtFault()) {
          giveUp(id, e.code(), e.getMessage());
          return;
        }
        if (tries == MAX_TRIES) {
          giveUp(id, e.code(), "This server could not look into the file: " + e.getMessage());
          return;
        }
        Thread.sleep(troublePause);
      } catch (StreamException.StoreFailed e) {
        throw new JobException.StoreFailed("the stream cannot be described", e);
      } catch (StreamException e) {
        log.debug("overtaken: {}", e.getMessage());
        return;
      }
    }
  }

  private void encode(VodChunk chunk) throws JobException, InterruptedException {
    StreamId id = chunk.streamId();
    VodWork work;
    VodChunkResult result;
    try {
      work = works.work(id);
      result = new VodChunkRun(work, chunk).encode(transcoder);
    } catch (TranscodeException e) {
      failed(chunk, e.code(), e.getMessage(), e.sourceAtFault());
      return;
    } catch (StorageException e) {
      // A store that is away is given some time to come back before the tries are used up.
      Thread.sleep(troublePause);
      failed(chunk, storageCode(e), e.getMessage(), false);
      return;
    } catch (MediaFormatException e) {
      failed(chunk, e.defectCode(), e.getMessage(), false);
      return;
    } catch (RuntimeException e) {
      log.error("chunk {} could not be made", chunk.index(), e);
      failed(chunk, "internal_error", "The chunk could not be made: " + e, false);
      return;
    }
    save(chunk, result);
    work.finished(chunk);
    log.info("chunk {} is done: {} segments", chunk.index(), result.segments().size());
    board.add(new VodTask.Finish(id));
  }

  /** What was made is not made again because the disk was full for a moment. */
  private void save(VodChunk chunk, VodChunkResult result)
      throws JobException, InterruptedException {
    String text = result.toText();
    for (int tries = 1; ; tries++) {
      try {
        jobs.chunkDone(chunk.streamId(), chunk.index(), text);
        return;
      } catch (JobException.StoreFailed e) {
        if (tries == MAX_SAVES) {
          throw e;
        }
        log.error("chunk {} is done and cannot be noted", chunk.index(), e);
        Thread.sleep(troublePause);
      }
    }
  }

  /**
   * @param isFinal whether another try would end the same way
   */
  private void failed(VodChunk chunk, String code, @Nullable String message, boolean isFinal)
      throws JobException {
    StreamId id = chunk.streamId();
    String words = String.valueOf(message);
    int tries = chunk.failedAttempts() + 1;
    log.warn(
        "chunk {} failed, try {} of {}: {} ({})", chunk.index(), tries, MAX_TRIES, words, code);
    if (isFinal || tries >= MAX_TRIES) {
      // It is not given back first: another thread would take it at once.
      giveUp(id, code, words);
    } else {
      jobs.chunkFailed(id, chunk.index(), words);
      board.chunksWait();
    }
  }

  /** After each chunk: whoever did the last one finds that nothing is missing. */
  private void finish(StreamId id) throws JobException, InterruptedException {
    if (!isComplete(id)) {
      return;
    }
    for (int tries = 1; ; tries++) {
      try {
        works.finish(id);
        return;
      } catch (StorageException e) {
        log.warn("the playlists cannot be stored, try {} of {}", tries, MAX_TRIES, e);
        if (tries == MAX_TRIES) {
          giveUp(id, storageCode(e), e.getMessage());
          return;
        }
        Thread.sleep(troublePause);
      } catch (MediaFormatException e) {
        giveUp(id, e.defectCode(), e.getMessage());
        return;
      }
    }
  }

  private static String storageCode(StorageException e) {
    return "storage_" + e.kind().name().toLowerCase(Locale.ROOT);
  }

  private void giveUp(StreamId id, String code, @Nullable String message) throws JobException {
    works.giveUp(id, new StreamFailure(code, String.valueOf(message)));
    board.interruptOthers(id);
  }

  /** Stops at once; what is unfinished goes on at the next start. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
    long deadlineNanos = System.nanoTime() + CLOSE_DEADLINE.toNanos();
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime())))) {
          log.warn("{} does not end", thread.getName());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
