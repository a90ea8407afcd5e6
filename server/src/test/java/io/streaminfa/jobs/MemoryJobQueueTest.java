package io.streaminfa.jobs;

import io.streaminfa.stream.StreamId;

class MemoryJobQueueTest extends JobQueueContract {
  private final MemoryJobQueue queue = new MemoryJobQueue();

  @Override
  protected JobQueue create() {
    return queue;
  }

  @Override
  protected void makeStream(StreamId id) {
    // A job in memory stands for itself.
  }

  @Override
  protected JobQueue restart() {
    return queue;
  }
}
