package io.streaminfa.pipeline;

import io.streaminfa.jobs.VodChunk;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.packager.VodChunkWriter;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.AudioRequest;
import io.streaminfa.transcode.EncodedRange;
import io.streaminfa.transcode.FileOutput;
import io.streaminfa.transcode.FileTranscoder;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.TranscodeException;
import io.streaminfa.transcode.VideoChunkRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One try at one chunk: from the worker's samples to stored segments. */
final class VodChunkRun implements FileOutput {
  private static final int AAC_FRAME_SAMPLES = 1024;

  private final VodWork work;
  private final VodChunk chunk;
  private final Map<Integer, Long> audioEndTicks = new HashMap<>();
  private List<Rendition> renditions = List.of();
  private @Nullable VodChunkWriter writer;

  /** Carries what a callback may not throw to where it is expected. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(Exception cause) {
      super(cause);
    }
  }

  VodChunkRun(VodWork work, VodChunk chunk) {
    this.work = work;
    this.chunk = chunk;
  }

  /**
   * Returns when every segment of the chunk is stored.
   *
   * @throws MediaFormatException when the encoders' output cannot be packaged
   */
  VodChunkResult encode(FileTranscoder transcoder)
      throws TranscodeException, StorageException, MediaFormatException, InterruptedException {
    try {
      EncodedRange range = request(transcoder);
      VodChunkWriter open = writer;
      return open == null
          ? new VodChunkResult(renditions, List.of())
          : new VodChunkResult(renditions, open.end(ends(range)));
    } catch (Broken e) {
      switch (e.getCause()) {
        case StorageException cause -> throw cause;
        case MediaFormatException cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private EncodedRange request(FileTranscoder transcoder)
      throws TranscodeException, InterruptedException {
    VodChunk.Span span = chunk.span();
    return switch (span.kind()) {
      case VIDEO ->
          transcoder.encodeVideo(
              new VideoChunkRequest(
                  work.source(),
                  work.plan().encoding(),
                  span.startTicks(),
                  span.endTicks(),
                  work.plan().encoderThreads()),
              this);
      case AUDIO ->
          transcoder.encodeAudio(
              new AudioRequest(work.source(), work.plan().encoding(), span.endTicks()), this);
    };
  }

  private Map<Integer, Long> ends(EncodedRange range) {
    Map<Integer, Long> ends = new HashMap<>();
    for (Rendition rendition : renditions) {
      int trackId = rendition.track().id();
      switch (rendition) {
        case Rendition.Video _ -> ends.put(trackId, range.endTicks());
        case Rendition.Audio _ -> ends.put(trackId, audioEndTicks.getOrDefault(trackId, 0L));
      }
    }
    return ends;
  }

  @Override
  public void renditions(List<Rendition> made) throws InterruptedException {
    renditions = List.copyOf(made);
    try {
      writer = work.packager().begin(made);
    } catch (StorageException | MediaFormatException e) {
      throw new Broken(e);
    }
  }

  @Override
  public void encoded(Sample sample) throws InterruptedException {
    VodChunkWriter open = writer;
    if (open == null) {
      throw new IllegalStateException("a sample before the renditions");
    }
    if (chunk.span().kind() == VodChunk.Kind.AUDIO) {
      audioEndTicks.put(sample.trackId(), sample.dtsTicks() + AAC_FRAME_SAMPLES);
    }
    try {
      open.write(sample);
    } catch (StorageException e) {
      throw new Broken(e);
    }
  }

  @Override
  public void reached(long ticks) {
    work.reached(chunk, ticks);
  }
}
