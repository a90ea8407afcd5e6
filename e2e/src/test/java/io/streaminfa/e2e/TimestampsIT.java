package io.streaminfa.e2e;

import static io.streaminfa.e2e.RecordingAssert.assertFrames;
import static io.streaminfa.e2e.RecordingAssert.assertInSync;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.FlvTag;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times and orders that no file has but the wire does, sent byte by byte. */
@Execution(ExecutionMode.CONCURRENT)
final class TimestampsIT {
  @RegisterExtension static final StreamInfaServer SERVER = StreamInfaServer.named("timestamps");

  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 6_000);
  private static final long MINUTE_MS = 60_000;

  @ParameterizedTest
  @ValueSource(longs = {1L << 24, 1L << 31, 1L << 32})
  void timesThatCrossAPowerOfTwoGoOnWithoutABreak(long edgeMs) throws Exception {
    Recording recording =
        publish(FlvTag.readAll(film()), tag -> tag.timestampMs() + edgeMs - 3_000);
    Recording.Rung rung = recording.rungs().getFirst();
    DecodedRendition decoded = recording.decode(rung);
    assertFrames("the film across " + edgeMs, decoded.frames(), 0, SPEC.frames());
    RecordingAssert.assertFrameTimes("the film across " + edgeMs, decoded.frames(), SPEC, 0.0025);
    assertInSync("the film across " + edgeMs, decoded, SPEC.flashFrames().size());
    assertThat(rung.playlist().discontinuities()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {10 * MINUTE_MS, -MINUTE_MS})
  void aJumpOfMinutesLeavesNoHoleAndLosesNoFrame(long jumpMs) throws Exception {
    long start = 2 * MINUTE_MS;
    Recording recording =
        publish(
            FlvTag.readAll(film()),
            tag -> start + tag.timestampMs() + (tag.timestampMs() < 3_000 ? 0 : jumpMs));
    Recording.Rung rung = recording.rungs().getFirst();
    List<DecodedRendition> stretches = recording.decodeStretches(rung);
    RecordingAssert.assertFramesOfAll("the film with a jump", stretches, SPEC.frames());
    for (DecodedRendition stretch : stretches) {
      RecordingAssert.assertStretchInSync("the film with a jump", stretch, SPEC);
    }
    assertThat(rung.playlist().durationSeconds()).isBetween(5.5, 7.0);
  }

  @Test
  void soundThatStartsTwoSecondsBeforeThePictureStaysInSync() throws Exception {
    List<FlvTag> tags =
        FlvTag.readAll(film()).stream()
            .filter(tag -> tag.isHeader() || tag.isAudio() || tag.timestampMs() >= 2_000)
            .toList();
    int firstKeyFrame = 60;
    Recording recording = publish(fromFirstKeyFrame(tags), FlvTag::timestampMs);
    Recording.Rung rung = recording.rungs().getFirst();
    DecodedRendition decoded = recording.decode(rung);
    assertFrames("the late picture", decoded.frames(), firstKeyFrame, SPEC.frames());
    assertInSync("the late picture", decoded, 4);
  }

  @Test
  void picturesBeforeTheFirstKeyFrameAreNotShown() throws Exception {
    List<FlvTag> tags =
        FlvTag.readAll(film()).stream()
            .filter(tag -> tag.isHeader() || tag.timestampMs() >= 1_500)
            .toList();
    Recording recording = publish(tags, FlvTag::timestampMs);
    Recording.Rung rung = recording.rungs().getFirst();
    assertFrames("the late join", recording.decode(rung).frames(), 60, SPEC.frames());
  }

  @Test
  void aChangeOfResolutionLosesNoFrame() throws Exception {
    List<FlvTag> small = FlvTag.readAll(film());
    List<FlvTag> large =
        FlvTag.readAll(SourceFilm.make(FilmSpec.of(854, 480, 6_000)).flv()).stream()
            .map(tag -> new FlvTag(tag.type(), tag.timestampMs() + 6_000, tag.body()))
            .toList();
    List<FlvTag> both = Stream.concat(small.stream(), large.stream()).toList();
    Recording recording = publish(both, FlvTag::timestampMs);
    Recording.Rung rung = recording.rungs().getLast();
    List<Integer> numbers =
        recording.decodeStretches(rung).stream()
            .flatMap(stretch -> stretch.numbers().stream())
            .toList();
    assertThat(numbers)
        .isEqualTo(
            IntStream.range(0, 2 * SPEC.frames()).map(i -> i % SPEC.frames()).boxed().toList());
  }

  /** Drops the pictures between the cut and the next key frame: no encoder starts with them. */
  private static List<FlvTag> fromFirstKeyFrame(List<FlvTag> tags) {
    long keyFrameMs =
        tags.stream().filter(FlvTag::isKeyFrame).findFirst().orElseThrow().timestampMs();
    return tags.stream()
        .filter(tag -> tag.isHeader() || tag.isAudio() || tag.timestampMs() >= keyFrameMs)
        .toList();
  }

  private static java.nio.file.Path film() throws Exception {
    return SourceFilm.make(SPEC).flv();
  }

  private static Recording publish(List<FlvTag> tags, ToLongFunction<FlvTag> timestampMs)
      throws Exception {
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
        assertThat(publisher.publish(stream.key())).isEqualTo("NetStream.Publish.Start");
        publisher.sendPaced(tags, timestampMs);
        publisher.finish();
      }
      return Recording.await(api, stream);
    }
  }
}
