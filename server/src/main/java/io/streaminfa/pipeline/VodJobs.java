package io.streaminfa.pipeline;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.jobs.JobException;
import io.streaminfa.jobs.JobQueue;
import io.streaminfa.jobs.VodJob;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.packager.VodPackager;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.SourceFile;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.stream.StreamState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs that are worked on, and how each of them ends. Ends are made in an order that lets every
 * step be repeated after a crash: media, stream, source file, job. A job is open until nothing is
 * left to do, because only open jobs are looked at when the server starts.
 */
final class VodJobs {
  private static final Logger log = LoggerFactory.getLogger(VodJobs.class);

  private final VodEnvironment environment;
  private final StreamRegistry streams;
  private final JobQueue jobs;

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<StreamId, VodWork> open = new HashMap<>();

  VodJobs(VodEnvironment environment) {
    this.environment = environment;
    this.streams = environment.streams();
    this.jobs = environment.jobs();
  }

  /** Whether somebody still waits for what this job makes. */
  boolean isWanted(StreamId id) {
    return streams.find(id).filter(s -> s.state() == StreamState.PROCESSING).isPresent();
  }

  /** Tells what a job is made from and into. */
  void describe(StreamId id, VodJobPlan plan) throws StreamException {
    streams.describe(
        id,
        StreamDescriptions.mediaInfo(plan.encoding().probe().source()),
        StreamDescriptions.planned(plan.encoding().ladder()));
  }

  /**
   * The job as far as it is.
   *
   * @throws MediaFormatException when another version of this server planned it
   * @throws JobException.NotFound when it was deleted
   * @throws JobException.Conflict when it is over
   */
  VodWork work(StreamId id)
      throws JobException, MediaFormatException, StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      VodWork known = open.get(id);
      if (known != null) {
        return known;
      }
      VodJob job = jobs.find(id).orElseThrow(() -> new JobException.NotFound(id));
      job.requireRunning();
      VodJobPlan plan =
          VodJobPlan.ofText(
              job.plan()
                  .orElseThrow(() -> new JobException.Conflict("a job without a plan: " + id)));
      VodWork made =
          new VodWork(
              job.source().in(environment.dataDirectory()),
              plan,
              packager(id, plan),
              (fraction, remaining) -> progress(id, fraction, remaining));
      made.restore(jobs.chunks(id));
      open.put(id, made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  private VodPackager packager(StreamId id, VodJobPlan plan) {
    PackagerServices services = environment.packaging();
    PackagingSettings now = services.settings();
    PackagingSettings planned =
        new PackagingSettings(
            plan.segmentDuration(),
            now.liveWindowSegments(),
            now.hlsVersion(),
            now.segmentRetention(),
            now.recordLive());
    return new VodPackager(
        id,
        plan.renditionNames(),
        plan.encoding().ladder().videos().getFirst().frameRate(),
        new PackagedSegments(id, streams),
        new PackagerServices(
            planned, services.store(), services.clock(), services.metrics(), services.expiry()));
  }

  private void progress(StreamId id, double fraction, Optional<Duration> remaining) {
    streams.progress(id, fraction, remaining);
    environment.metrics().progress(id.value(), fraction);
  }

  /** All chunks are done: the stream is ready. No effect when the job is over already. */
  void finish(StreamId id)
      throws JobException, MediaFormatException, StorageException, InterruptedException {
    lock.lockInterruptibly();
    try {
      if (jobs.find(id).filter(job -> job.state() == VodJob.State.RUNNING).isEmpty()) {
        return;
      }
      Duration duration = work(id).packager().finish();
      storeDescription(id, duration);
      // What follows happens all or not at all, whoever interrupts.
      streams.ready(id, duration);
      drop(id);
      deleteSource(id);
      jobs.finish(id);
      log.info("finished: {} s can be played", duration.toSeconds());
    } catch (StreamException.StoreFailed e) {
      throw new JobException.StoreFailed("the stream cannot become ready", e);
    } catch (StreamException e) {
      log.info("nobody waits for this stream any more: {}", e.getMessage());
      forget(id);
      drop(id);
    } finally {
      lock.unlock();
    }
  }

  private void storeDescription(StreamId id, Duration duration)
      throws StorageException, InterruptedException {
    Optional<Stream> stream = streams.find(id);
    if (stream.isPresent()) {
      environment
          .packaging()
          .store()
          .put(
              ObjectKey.metadata(id.value()),
              RecordingDescription.of(stream.get(), duration).json());
    }
  }

  /** The job is given up; what it has stored stays until its stream is deleted. */
  void giveUp(StreamId id, StreamFailure reason) throws JobException {
    log.error("the file is given up: {} ({})", reason.message(), reason.code());
    try {
      streams.fail(id, reason.code(), reason.message());
    } catch (StreamException.StoreFailed e) {
      throw new JobException.StoreFailed("the stream cannot be given up", e);
    } catch (StreamException e) {
      log.info("nobody waits for this stream any more: {}", e.getMessage());
    }
    deleteSource(id);
    jobs.fail(id, reason);
    drop(id);
  }

  /** The stream is over or deleted: its source and its job go. {@link #drop} is to follow. */
  void forget(StreamId id) throws JobException {
    deleteSource(id);
    jobs.delete(id);
  }

  /** Frees what this process keeps of a job that is over. */
  void drop(StreamId id) {
    lock.lock();
    try {
      VodWork dropped = open.remove(id);
      if (dropped != null) {
        dropped.over();
      }
    } finally {
      lock.unlock();
    }
    environment.metrics().over(id.value());
  }

  private void deleteSource(StreamId id) throws JobException.StoreFailed {
    @Nullable SourceFile source = jobs.find(id).map(VodJob::source).orElse(null);
    if (source == null) {
      return;
    }
    Path file = source.in(environment.dataDirectory());
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.error("the uploaded file {} cannot be deleted", file, e);
    }
  }
}
