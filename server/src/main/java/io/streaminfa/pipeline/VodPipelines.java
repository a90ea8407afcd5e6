package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
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

  /** A chunk that failed is tried again twice. */
  static final int MAX_TRIES = 3;

  /** How often a thread that has nothing to do looks whether live streams have left it room. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

  /** After the state could not be read or written. */
  private static final Duration TROUBLE_PAUSE = Duration.ofSeconds(5);

  /** How often a finished chunk is offered to a queue that cannot save it. */
  private static final int MAX_SAVES = 12;

  /** How long a killed worker may take to be gone. */
  private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(15);

  private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

  /** What a thread can do next. */
  private sealed interface Task {
    StreamId streamId();

    /** Look into the file, as no earlier process has done, and cut it into chunks. */
    record Plan(StreamId streamId) implements Task {}

    /** Encode. */
    record Encode(VodChunk chunk) implements Task {
      @Override
      public StreamId streamId() {
        return chunk.streamId();
      }
    }

    /** Nothing is missing but the last words. */
    record Finish(StreamId streamId) implements Task {}
  }

  private final VodEnvironment environment;
  private final JobQueue jobs;
  private final FileTranscoder transcoder;
  private final VodLimits limits;
  private final IntSupplier liveStreams;
  private final VodJobs works;
  private final List<Thread> threads = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private final Queue<Task> urgent = new ArrayDeque<>();

  /** Who works on what. */
  @GuardedBy("lock")
  private final Map<Thread, StreamId> busy = new HashMap<>();

  private volatile boolean closed;

  /**
   * @param liveStreams how many streams are live now: each takes a slot, but for the last one
   */
  public VodPipelines(VodEnvironment environment, VodLimits limits, IntSupplier liveStreams) {
    this.environment = environment;
    this.jobs = environment.jobs();
    this.transcoder = environment.transcoder();
    this.limits = limits;
    this.liveStreams = liveStreams;
    this.works = new VodJobs(environment);
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
    } else if (job.state() == VodJob.State.QUEUED) {
      add(new Task.Plan(id));
    } else if (isComplete(id)) {
      add(new Task.Finish(id));
    }
  }

  private boolean isComplete(StreamId id) throws JobException.StoreFailed {
    return jobs.chunks(id).stream().allMatch(chunk -> chunk.state() == VodChunk.State.DONE);
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
   */
  public void accept(StreamId id, SourceFile source, MediaProbe probe)
      throws StreamException, JobException {
    environment.streams().processing(id, source);
    plan(id, probe);
  }

  private void plan(StreamId id, MediaProbe probe) throws StreamException, JobException {
    VodJobPlan plan =
        VodJobPlan.of(VodPlan.of(probe, limits.transcode()), limits.segmentDuration());
    List<VodChunk.Span> spans = plan.spans(limits.slots());
    works.describe(id, plan);
    jobs.plan(id, plan.toText(), spans);
    log.info("{} becomes {} in {} chunks", probe.summary(), plan.renditionNames(), spans.size());
    signal();
  }

  /**
   * Ends the work on a stream at once and forgets it, with its file. What is stored is the caller's
   * to delete.
   *
   * @return whether none of it runs any more
   */
  public boolean cancel(StreamId id) throws JobException, InterruptedException {
    works.forget(id);
    interruptOthers(id);
    lock.lock();
    try {
      urgent.removeIf(task -> task.streamId().equals(id));
      long nanos = CANCEL_DEADLINE.toNanos();
      while (busy.containsValue(id) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !busy.containsValue(id);
    } finally {
      lock.unlock();
    }
  }

  private void interruptOthers(StreamId id) {
    lock.lock();
    try {
      busy.forEach(
          (thread, busyWith) -> {
            if (busyWith.equals(id) && thread != Thread.currentThread()) {
              thread.interrupt();
            }
          });
    } finally {
      lock.unlock();
    }
  }

  private void add(Task task) {
    lock.lock();
    try {
      urgent.add(task);
    } finally {
      lock.unlock();
    }
    signal();
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work(int slot) {
    while (!closed) {
      try {
        Optional<Task> task = next(slot);
        if (task.isPresent()) {
          run(task.get());
        }
      } catch (JobException e) {
        log.error("the state of the work on files cannot be kept", e);
        pause();
      } catch (InterruptedException e) {
        log.debug("cancelled");
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(TROUBLE_PAUSE);
    } catch (InterruptedException e) {
      log.debug("closing");
    }
  }

  /** Waits for a while when there is nothing to do. */
  private Optional<Task> next(int slot) throws JobException, InterruptedException {
    lock.lockInterruptibly();
    try {
      Optional<Task> task = Optional.ofNullable(urgent.poll());
      if (task.isEmpty() && slot < Math.max(1, limits.slots() - liveStreams.getAsInt())) {
        task = jobs.claim(1).stream().findFirst().map(Task.Encode::new);
      }
      if (task.isPresent()) {
        busy.put(Thread.currentThread(), task.get().streamId());
      } else {
        long _ = changed.awaitNanos(LOOK_INTERVAL.toNanos());
      }
      return task;
    } finally {
      lock.unlock();
    }
  }

  private void run(Task task) throws JobException, InterruptedException {
    StreamId id = task.streamId();
    try (var _ = LogContext.ofStream(id.value())) {
      switch (task) {
        case Task.Plan _ -> planAgain(id);
        case Task.Encode(VodChunk chunk) -> encode(chunk);
        case Task.Finish _ -> finish(id);
      }
    } catch (JobException.NotFound | JobException.Conflict e) {
      log.debug("overtaken by a deletion: {}", e.getMessage());
    } finally {
      lock.lock();
      try {
        busy.remove(Thread.currentThread());
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The process that took the file was gone before it had cut it into chunks. */
  private void planAgain(StreamId id) throws JobException, InterruptedException {
    VodJob job = jobs.find(id).orElseThrow(() -> new JobException.NotFound(id));
    try {
      plan(id, probe(job.source().in(environment.dataDirectory())));
    } catch (TranscodeException e) {
      giveUp(id, e.code(), e.getMessage());
    } catch (StreamException e) {
      log.debug("overtaken: {}", e.getMessage());
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
      failed(chunk, e.code(), e.getMessage());
      return;
    } catch (StorageException e) {
      failed(chunk, storageCode(e), e.getMessage());
      return;
    } catch (MediaFormatException e) {
      failed(chunk, e.defectCode(), e.getMessage());
      return;
    } catch (RuntimeException e) {
      log.error("chunk {} could not be made", chunk.index(), e);
      failed(chunk, "internal_error", "The chunk could not be made: " + e);
      return;
    }
    save(chunk, result);
    work.finished(chunk);
    log.info("chunk {} is done: {} segments", chunk.index(), result.segments().size());
    if (isComplete(id)) {
      finish(id);
    }
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
        Thread.sleep(TROUBLE_PAUSE);
      }
    }
  }

  private void failed(VodChunk chunk, String code, @Nullable String message) throws JobException {
    StreamId id = chunk.streamId();
    String words = String.valueOf(message);
    int tries = jobs.chunkFailed(id, chunk.index(), words);
    log.warn(
        "chunk {} failed, try {} of {}: {} ({})", chunk.index(), tries, MAX_TRIES, words, code);
    if (tries >= MAX_TRIES) {
      giveUp(id, code, words);
    } else {
      signal();
    }
  }

  private void finish(StreamId id) throws JobException, InterruptedException {
    try {
      works.finish(id);
    } catch (StorageException e) {
      giveUp(id, storageCode(e), e.getMessage());
    } catch (MediaFormatException e) {
      giveUp(id, e.defectCode(), e.getMessage());
    }
  }

  private static String storageCode(StorageException e) {
    return "storage_" + e.kind().name().toLowerCase(Locale.ROOT);
  }

  private void giveUp(StreamId id, String code, @Nullable String message) throws JobException {
    works.giveUp(id, new StreamFailure(code, String.valueOf(message)));
    interruptOthers(id);
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
