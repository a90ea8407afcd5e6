package io.streaminfa.pipeline;

import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.packager.Anchor;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.transcode.TranscodeOutput;
import io.streaminfa.transcode.Transcoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One worker's life between a source and a packager: what the session sends goes to the worker,
 * what the worker makes goes to the packager as one epoch. The input side belongs to the session's
 * thread, the output side to the worker's; {@link #awaitEnd} is where they meet.
 */
final class TranscodeRun implements TranscodeOutput {
  private final LivePipeline pipeline;
  private final Anchor anchor;
  private final MediaSink worker;
  private final CountDownLatch over = new CountDownLatch(1);

  private volatile boolean abandoned;
  private volatile @Nullable TranscodeFailure failure;

  /**
   * @param encodeFromMillis pictures before this time are decoded only
   * @param anchor when the source's timeline met the ingest clock
   */
  TranscodeRun(LivePipeline pipeline, Transcoder transcoder, long encodeFromMillis, Anchor anchor) {
    this.pipeline = pipeline;
    this.anchor = anchor;
    this.worker = transcoder.open(pipeline.id().value(), encodeFromMillis, this);
  }

  void start(List<Track> tracks) throws MediaFormatException, InterruptedException {
    worker.start(tracks);
  }

  void write(Sample sample) throws MediaFormatException, InterruptedException {
    worker.write(sample);
  }

  MediaSink input() {
    return worker;
  }

  /** Lets the encoders deliver what they hold. */
  void drain() throws InterruptedException {
    worker.end(EndReason.CLEAN);
  }

  /** Stops the worker without waiting for what it holds. */
  void stop() throws InterruptedException {
    worker.end(EndReason.SHUTDOWN);
  }

  /** Why the worker is gone, if it failed. */
  Optional<TranscodeFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether the worker has said its last word within the deadline. */
  boolean awaitEnd(Duration deadline) throws InterruptedException {
    return over.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether the worker's thread is out of the packager within the deadline. Whatever it still
   * brings is dropped.
   */
  boolean abandon(Duration deadline) throws InterruptedException {
    abandoned = true;
    stop();
    return awaitEnd(deadline);
  }

  @Override
  public void renditions(SourceInfo source, List<Rendition> renditions)
      throws InterruptedException {
    if (isUnwanted()) {
      return;
    }
    try {
      pipeline.packager().begin(renditions, anchor);
      pipeline.renditionsPlanned(source, renditions);
    } catch (MediaFormatException e) {
      throw broken(
          new IllegalStateException("the encoder's own configuration cannot be packaged", e));
    } catch (RuntimeException e) {
      if (!isUnwanted()) {
        throw broken(e);
      }
    }
  }

  @Override
  public void encoded(Sample sample) throws InterruptedException {
    if (isUnwanted()) {
      return;
    }
    try {
      pipeline.packager().write(sample);
    } catch (RuntimeException e) {
      if (!isUnwanted()) {
        throw broken(e);
      }
    }
  }

  /** The packager of a stream that is deleted is closed under its encoders. */
  private boolean isUnwanted() {
    return abandoned || pipeline.isDiscarded();
  }

  /** The worker's thread ends with this, and the session must not wait for another word of it. */
  private RuntimeException broken(RuntimeException cause) {
    failed(
        new TranscodeFailure(
            "packaging_failed", "The encoded stream cannot be packaged: " + cause, true));
    return cause;
  }

  @Override
  public void ended() {
    over.countDown();
  }

  @Override
  public void failed(TranscodeFailure reason) {
    failure = reason;
    over.countDown();
  }
}
