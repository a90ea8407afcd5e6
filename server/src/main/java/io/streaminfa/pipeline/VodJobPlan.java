package io.streaminfa.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.jobs.VodChunk.Kind;
import io.streaminfa.jobs.VodChunk.Span;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.units.Timescale;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a file is made into a stream: all that a restart, perhaps with other settings, must not
 * change.
 *
 * @param segmentDuration of the packager
 * @param encoderThreads of each video chunk; the encoded bytes depend on it
 */
record VodJobPlan(VodPlan encoding, Duration segmentDuration, int encoderThreads) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** So that few pictures stand near a border, and a restart loses little. */
  static final int MIN_CHUNK_SEGMENTS = 2;

  static final int MAX_CHUNK_SEGMENTS = 10;

  /**
   * @param encoding what the encoders are told
   */
  static VodJobPlan of(VodPlan encoding, Duration segmentDuration) {
    // One for each rung: with a second frame thread x264's VBV gives other bytes in each run.
    return new VodJobPlan(encoding, segmentDuration, encoding.ladder().videos().size());
  }

  /** The names of all renditions that the chunks together make. */
  Set<String> renditionNames() {
    Set<String> names = new LinkedHashSet<>();
    encoding.ladder().videos().stream().map(LadderPlan.Video::name).forEach(names::add);
    encoding.ladder().audios().stream().map(LadderPlan.Audio::name).forEach(names::add);
    return names;
  }

  /**
   * The chunks: the audio first, because nothing can be watched before it, then the video in order,
   * in pieces of whole segments.
   *
   * @param concurrency how many are worked on at once
   */
  List<Span> spans(int concurrency) {
    List<Span> spans = new ArrayList<>();
    long durationTicks = Math.max(1, encoding.probe().durationTicks());
    if (!encoding.ladder().audios().isEmpty()) {
      spans.add(new Span(Kind.AUDIO, 0, durationTicks));
    }
    long segmentTicks = Timescale.VIDEO.ofMillis(segmentDuration.toMillis());
    long segments = Math.ceilDiv(durationTicks, segmentTicks);
    long wanted = Math.ceilDiv(segments, concurrency);
    long fewest = Math.ceilDiv(segments, VodChunk.MAX_CHUNKS - 1);
    long chunkSegments =
        Math.max(fewest, Math.clamp(wanted, MIN_CHUNK_SEGMENTS, MAX_CHUNK_SEGMENTS));
    for (long first = 0; first < segments; first += chunkSegments) {
      boolean isLast = first + chunkSegments >= segments;
      long endTicks = isLast ? Long.MAX_VALUE : (first + chunkSegments) * segmentTicks;
      spans.add(new Span(Kind.VIDEO, first * segmentTicks, endTicks));
    }
    return spans;
  }

  /** The part of the whole video that a chunk is, 0 to 1; 0 for audio. */
  double share(Span span) {
    return fraction(span, Long.MAX_VALUE);
  }

  /** How much of the whole video a chunk has when it has come to {@code reachedTicks}. */
  double fraction(Span span, long reachedTicks) {
    return switch (span.kind()) {
      case AUDIO -> 0;
      case VIDEO -> {
        long durationTicks = Math.max(1, encoding.probe().durationTicks());
        long end = Math.min(Math.min(span.endTicks(), durationTicks), reachedTicks);
        yield (double) Math.max(0, end - span.startTicks()) / durationTicks;
      }
    };
  }

  String toText() {
    ObjectNode root = JSON.createObjectNode();
    root.put("encoding", encoding.toBytes());
    root.put("segment_duration_ms", segmentDuration.toMillis());
    root.put("encoder_threads", encoderThreads);
    return root.toString();
  }

  /**
   * @throws MediaFormatException when another version of this server wrote it
   */
  static VodJobPlan ofText(String text) throws MediaFormatException {
    JsonNode root = JobText.read("a job's plan", text);
    return new VodJobPlan(
        VodPlan.ofBytes(JobText.bytes("encoding", root.path("encoding"))),
        Duration.ofMillis(number(root, "segment_duration_ms")),
        (int) number(root, "encoder_threads"));
  }

  private static long number(JsonNode root, String name) throws MediaFormatException {
    return JobText.number(name, root.path(name), 1, Integer.MAX_VALUE);
  }
}
