package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.jobs.VodChunk;
import io.streaminfa.jobs.VodChunk.Kind;
import io.streaminfa.jobs.VodChunk.Span;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.VodSegment;
import io.streaminfa.transcode.VodPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan of a job and the results of its chunks, which both are kept as texts. */
class VodJobPlanTest {
  private static final long SECOND = 90_000;

  private static VodJobPlan plan(int seconds, int segmentSeconds) {
    return VodJobPlan.of(
        VodPlan.of(ScriptedFileTranscoder.probe(seconds), VodStation.SETTINGS),
        Duration.ofSeconds(segmentSeconds));
  }

  @ParameterizedTest
  @CsvSource({
    // film, segment, slots: chunks of pictures and the length of all but the last, in seconds
    "1, 6, 1, 1, 12",
    "12, 6, 4, 1, 12",
    "13, 6, 4, 2, 12",
    "60, 6, 2, 2, 30",
    "60, 6, 1, 1, 60",
    "600, 6, 2, 10, 60",
    "600, 2, 64, 60, 10",
    "21600, 6, 4, 360, 60",
    "86400, 1, 4, 8640, 10",
    "2592000, 1, 4, 9970, 260"
  })
  void theChunksCoverEveryPictureOnce(
      int seconds, int segmentSeconds, int slots, int chunks, int chunkSeconds) {
    List<Span> spans = plan(seconds, segmentSeconds).spans(slots);
    assertThat(spans.getFirst()).isEqualTo(new Span(Kind.AUDIO, 0, seconds * SECOND));
    List<Span> videos = spans.subList(1, spans.size());
    assertThat(videos).hasSize(chunks).allMatch(span -> span.kind() == Kind.VIDEO);
    assertThat(spans.size()).isLessThanOrEqualTo(VodChunk.MAX_CHUNKS);
    long endTicks = 0;
    for (Span span : videos.subList(0, videos.size() - 1)) {
      assertThat(span.startTicks()).isEqualTo(endTicks);
      assertThat(span.endTicks() - span.startTicks()).isEqualTo(chunkSeconds * SECOND);
      endTicks = span.endTicks();
    }
    assertThat(videos.getLast().startTicks()).isEqualTo(endTicks).isLessThan(seconds * SECOND);
    // A file may have a picture more than its header tells.
    assertThat(videos.getLast().endTicks()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theSharesOfAllChunksAreTheWhole() {
    VodJobPlan plan = plan(601, 6);
    assertThat(plan.spans(2).stream().mapToDouble(plan::share).sum()).isCloseTo(1, within(1e-9));
  }

  @Test
  void aPlanIsReadAsItWasWritten() throws Exception {
    VodJobPlan plan = plan(60, 6);
    assertThat(VodJobPlan.ofText(plan.toText())).isEqualTo(plan);
    assertThat(plan.renditionNames()).containsExactly("high", "audio_128k");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"encoding\":",
        "{\"encoding\":\"?\",\"segment_duration_ms\":6000,\"encoder_threads\":2}",
        "{\"encoding\":\"AAAA\",\"segment_duration_ms\":6000,\"encoder_threads\":2}"
      })
  void otherTextsAreNoPlan(String text) {
    assertThatThrownBy(() -> VodJobPlan.ofText(text)).isInstanceOf(MediaFormatException.class);
    assertThatThrownBy(() -> VodChunkResult.ofText(text)).isInstanceOf(MediaFormatException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"encoder_threads\":0",
        "\"encoder_threads\":\"2\"",
        "\"encoder_threads\":1.5",
        "\"segment_duration_ms\":0",
        "\"segment_duration_ms\":-1",
        "\"segment_duration_ms\":99999999999"
      })
  void aPlanWithoutItsNumbersIsUnreadable(String field) {
    String name = field.substring(0, field.indexOf(':'));
    String broken = plan(60, 6).toText().replaceAll(name + ":[0-9]+", field);
    assertThatThrownBy(() -> VodJobPlan.ofText(broken))
        .isInstanceOfSatisfying(
            MediaFormatException.class,
            e -> assertThat(e.defectCode()).isEqualTo("job_unreadable"));
  }

  @Test
  void aResultIsReadAsItWasWritten() throws Exception {
    ScriptedFileTranscoder transcoder = new ScriptedFileTranscoder();
    VodPlan plan = plan(60, 6).encoding();
    for (VodChunkResult result :
        List.of(
            new VodChunkResult(List.of(), List.of()),
            new VodChunkResult(transcoder.audios(plan), List.of()),
            new VodChunkResult(
                transcoder.videos(plan),
                List.of(
                    new VodSegment("high", 0, 6_000_000, 1),
                    new VodSegment("high", 7, 1, Integer.MAX_VALUE),
                    new VodSegment("low", Long.MAX_VALUE, 2, 3))))) {
      assertThat(VodChunkResult.ofText(result.toText())).isEqualTo(result);
    }
  }

  @Test
  void theSoundOfSixHoursInSecondsIsAResultThatCanBeKept() {
    List<VodSegment> segments = new ArrayList<>();
    for (String rendition : List.of("audio_128k", "audio_96k")) {
      for (int second = 0; second < 21_600; second++) {
        segments.add(new VodSegment(rendition, second, 1_001_333, 17_000));
      }
    }
    assertThat(new VodChunkResult(List.of(), segments).toText().length())
        .isLessThan(VodChunk.MAX_RESULT_CHARS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1]",
        "[1,2]",
        "[1,2,3,4]",
        "[-1,1,1]",
        "[1,0,1]",
        "[1,1,0]",
        "[1,1,2147483648]",
        "[\"1\",1,1]",
        "[1,1,1.5]",
        "[1,null,1]"
      })
  void aResultWithoutItsNumbersIsUnreadable(String segments) {
    String none = Base64.getEncoder().encodeToString(new byte[] {0});
    String text = "{\"renditions\":\"" + none + "\",\"segments\":{\"high\":" + segments + "}}";
    assertThatThrownBy(() -> VodChunkResult.ofText(text))
        .isInstanceOfSatisfying(
            MediaFormatException.class,
            e -> assertThat(e.defectCode()).isEqualTo("job_unreadable"));
  }
}
