package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.units.Timescale;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs each request in a child process: a native crash ends one request, nothing else. */
public final class WorkerFileTranscoder implements FileTranscoder {
  private final WorkerCommand command;
  private final TranscodeMetrics metrics;

  public WorkerFileTranscoder(WorkerCommand command, TranscodeMetrics metrics) {
    this.command = command;
    this.metrics = metrics;
  }

  @Override
  public MediaProbe probe(Path file, ProbeLimits limits)
      throws TranscodeException, InterruptedException {
    ProbeAnswer answer = new ProbeAnswer();
    call(file).run(new WorkerMessage.Probe(pathText(file), limits), answer);
    MediaProbe probe = answer.probe;
    if (probe == null) {
      throw unanswered();
    }
    return probe;
  }

  @Override
  public EncodedRange encodeVideo(VideoChunkRequest request, FileOutput output)
      throws TranscodeException, InterruptedException {
    return encode(
        request.file(),
        new WorkerMessage.EncodeChunk(
            pathText(request.file()),
            request.plan(),
            request.startTicks(),
            request.endTicks(),
            request.encoderThreads()),
        output);
  }

  @Override
  public EncodedRange encodeAudio(AudioRequest request, FileOutput output)
      throws TranscodeException, InterruptedException {
    return encode(
        request.file(),
        new WorkerMessage.EncodeAudio(pathText(request.file()), request.plan(), request.endTicks()),
        output);
  }

  private EncodedRange encode(Path file, WorkerMessage request, FileOutput output)
      throws TranscodeException, InterruptedException {
    EncodeAnswer answer = new EncodeAnswer(output);
    call(file).run(request, answer);
    EncodedRange range = answer.range;
    if (range == null) {
      throw unanswered();
    }
    return range;
  }

  private WorkerCall call(Path file) {
    return new WorkerCall(String.valueOf(file.getFileName()), command, metrics);
  }

  private static TranscodeException unanswered() {
    return new TranscodeException(
        new TranscodeFailure(WorkerFields.MALFORMED, "the worker gave no answer", false));
  }

  private static String pathText(Path file) {
    String text = file.toAbsolutePath().toString();
    if (text.getBytes(StandardCharsets.UTF_8).length > WorkerFields.MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("a path of " + text.length() + " characters");
    }
    return text;
  }

  private static final class ProbeAnswer implements WorkerCall.Answer {
    private @Nullable MediaProbe probe;

    @Override
    public void take(WorkerMessage message) throws MediaFormatException {
      if (message instanceof WorkerMessage.Probed probed) {
        probe = probed.probe();
      } else if (!(message instanceof WorkerMessage.Progress)) {
        throw WorkerFields.malformed("unexpected " + message.getClass().getSimpleName());
      }
    }
  }

  private static final class EncodeAnswer implements WorkerCall.Answer {
    private final FileOutput output;

    /** Up to where each track is encoded, on the 90 kHz clock. */
    private final Map<Integer, Long> reached = new HashMap<>();

    private final Map<Integer, Timescale> clocks = new HashMap<>();
    private @Nullable EncodedRange range;

    EncodeAnswer(FileOutput output) {
      this.output = output;
    }

    @Override
    public void take(WorkerMessage message) throws MediaFormatException, InterruptedException {
      if (message instanceof WorkerMessage.Encoded encoded) {
        encoded(encoded.sample());
      } else if (message instanceof WorkerMessage.Opened opened) {
        opened(opened.renditions());
      } else if (message instanceof WorkerMessage.Covered covered) {
        range = covered.range();
      } else if (message instanceof WorkerMessage.Progress) {
        if (!clocks.isEmpty() && reached.size() == clocks.size()) {
          output.reached(reached.values().stream().mapToLong(Long::longValue).min().orElseThrow());
        }
      } else {
        throw WorkerFields.malformed("unexpected " + message.getClass().getSimpleName());
      }
    }

    private void opened(List<Rendition> renditions) throws InterruptedException {
      for (Rendition rendition : renditions) {
        clocks.put(rendition.track().id(), rendition.track().timescale());
      }
      output.renditions(renditions);
    }

    private void encoded(Sample sample) throws MediaFormatException, InterruptedException {
      Timescale clock = clocks.get(sample.trackId());
      if (clock == null) {
        throw WorkerFields.malformed("a sample of track " + sample.trackId());
      }
      reached.put(sample.trackId(), clock.convert(sample.dtsTicks(), Timescale.VIDEO));
      output.encoded(sample);
    }
  }
}
