package io.streaminfa.jobs;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** A queue that forgets everything with its process: for a job on the command line, and tests. */
public final class MemoryJobQueue implements JobQueue {
  private static final Comparator<VodJob> OLDEST_FIRST =
      Comparator.comparing(VodJob::createdAt).thenComparing(VodJob::streamId);

  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<StreamId, VodJob> jobs = new HashMap<>();

  @GuardedBy("lock")
  private final Map<StreamId, List<VodChunk>> chunks = new HashMap<>();

  @Override
  public void enqueue(VodJob job) throws JobException.Conflict {
    JobQueue.requireQueued(job);
    lock.lock();
    try {
      if (jobs.putIfAbsent(job.streamId(), job) != null) {
        throw new JobException.Conflict("stream " + job.streamId() + " has a job");
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<VodJob> find(StreamId id) {
    lock.lock();
    try {
      return Optional.ofNullable(jobs.get(id));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<VodJob> open() {
    lock.lock();
    try {
      return jobs.values().stream()
          .filter(job -> job.state().isOpen())
          .sorted(OLDEST_FIRST)
          .toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<VodChunk> chunks(StreamId id) {
    lock.lock();
    try {
      return List.copyOf(chunks.getOrDefault(id, List.of()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void plan(StreamId id, String plan, List<VodChunk.Span> spans) throws JobException {
    List<VodChunk> planned = VodChunk.pending(id, spans);
    lock.lock();
    try {
      jobs.put(id, job(id).planned(plan));
      chunks.put(id, new ArrayList<>(planned));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<VodChunk> claim(int max) throws JobException.Conflict {
    JobQueue.requirePositive(max);
    lock.lock();
    try {
      List<VodChunk> claimed = new ArrayList<>();
      for (VodJob job : open()) {
        List<VodChunk> candidates =
            job.state() == VodJob.State.RUNNING
                ? chunks.getOrDefault(job.streamId(), List.of())
                : List.of();
        for (VodChunk chunk : List.copyOf(candidates)) {
          if (chunk.state() == VodChunk.State.PENDING && claimed.size() < max) {
            claimed.add(replace(chunk.claimed()));
          }
        }
      }
      return List.copyOf(claimed);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void chunkDone(StreamId id, int index, String result) throws JobException {
    lock.lock();
    try {
      replace(runningChunk(id, index).done(result));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int chunkFailed(StreamId id, int index, String message) throws JobException {
    lock.lock();
    try {
      return replace(runningChunk(id, index).failed(message)).failedAttempts();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void finish(StreamId id) throws JobException {
    lock.lock();
    try {
      jobs.put(id, job(id).finished(chunks(id)));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void fail(StreamId id, StreamFailure reason) throws JobException {
    lock.lock();
    try {
      jobs.put(id, job(id).failed(reason));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(StreamId id) {
    lock.lock();
    try {
      jobs.remove(id);
      chunks.remove(id);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int reopen() throws JobException.Conflict {
    lock.lock();
    try {
      int reopened = 0;
      for (VodChunk chunk : chunks.values().stream().flatMap(List::stream).toList()) {
        if (chunk.state() == VodChunk.State.RUNNING) {
          replace(chunk.abandoned());
          reopened++;
        }
      }
      return reopened;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private VodJob job(StreamId id) throws JobException.NotFound {
    VodJob job = jobs.get(id);
    if (job == null) {
      throw new JobException.NotFound(id);
    }
    return job;
  }

  @GuardedBy("lock")
  private VodChunk runningChunk(StreamId id, int index) throws JobException {
    job(id).requireRunning();
    List<VodChunk> all = chunks.getOrDefault(id, List.of());
    if (index < 0 || index >= all.size()) {
      throw new JobException.NotFound(id, index);
    }
    return all.get(index);
  }

  @GuardedBy("lock")
  private VodChunk replace(VodChunk chunk) {
    List<VodChunk> all = chunks.get(chunk.streamId());
    if (all != null) {
      all.set(chunk.index(), chunk);
    }
    return chunk;
  }
}
