package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.codec.AudioSpecificConfig;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.CodecString;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.codec.SequenceParameterSet;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.FlvFile;
import io.streaminfa.media.flv.TagSyntax;
import io.streaminfa.media.flv.VideoTag;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that FFmpeg wrote with x264, its AAC encoder and LAME. */
final class RealEncodersTest {
  private final Publisher publisher = new Publisher();
  private final RecordingSink sink = publisher.sink;

  @Test
  void x264WithBFramesAndAac() throws Exception {
    play("avc-aac.flv", 0);

    AvcDecoderConfig config = avc();
    assertThat(CodecString.of(config)).isEqualTo("avc1.64000A");
    assertThat(SequenceParameterSet.parse(config.sequenceParameterSets().getFirst()).size())
        .isEqualTo(new Resolution(160, 120));
    CodecConfig.Aac aac = (CodecConfig.Aac) sink.tracks().getLast().config();
    assertThat(AudioSpecificConfig.parse(aac.audioSpecificConfig()).sampleRate()).isEqualTo(44_100);
    assertThat(sink.starts).hasSize(1);
    assertThat(sink.video()).hasSize(30);
    assertThat(sink.video().stream().filter(Sample::sync)).hasSize(2);
    assertThat(sink.video().getFirst().dtsTicks()).isZero();
    assertThat(sink.video().getFirst().ptsTicks()).isEqualTo(133);
    // Both tracks of the file last two seconds and begin together.
    assertThat(sink.audio().getFirst().ptsTicks()).isBetween(133L, 160L);
    assertThat(sink.audio().getLast().ptsTicks()).isBetween(2_080L, 2_140L);
    assertThat(publisher.defects).isEmpty();
  }

  @Test
  void x264AndLame() throws Exception {
    play("avc-mp3.flv", 0);

    assertThat(sink.tracks().getLast().config()).isEqualTo(new CodecConfig.Mp3());
    assertThat(sink.video()).hasSize(10);
    assertThat(sink.audio().size()).isGreaterThan(35);
    assertThat(publisher.defects).isEmpty();
  }

  @Test
  void x264Alone() throws Exception {
    play("video-only.flv", 0);
    publisher.end(EndReason.CLEAN);

    assertThat(sink.tracks()).hasSize(1);
    assertThat(CodecString.of(avc())).isEqualTo("avc1.42C00A");
    assertThat(sink.video()).hasSize(15);
    assertThat(sink.video())
        .allSatisfy(sample -> assertThat(sample.ptsTicks()).isEqualTo(sample.dtsTicks()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"avc-aac.flv", "avc-mp3.flv"})
  void theSameFileTwiceIsOneStreamOfTwiceTheLength(String name) throws Exception {
    play(name, 0);
    int videoSamples = sink.video().size();
    long lengthMs = sink.video().getLast().dtsTicks();
    play(name, 7_000_000);

    assertThat(sink.starts).hasSize(1);
    assertThat(sink.video()).hasSize(2 * videoSamples);
    assertThat(sink.video().getLast().dtsTicks()).isBetween(2 * lengthMs, 2 * lengthMs + 300);
    assertThat(publisher.defects).containsExactly("timestamp_jump");
  }

  @ParameterizedTest
  @ValueSource(strings = {"avc-aac.flv", "avc-mp3.flv", "video-only.flv"})
  void everyTagIsWrittenAsFfmpegWroteIt(String name) throws Exception {
    for (FlvFile.Tag tag : FlvFile.ofResource(name).tags()) {
      if (tag.type() == FlvFile.VIDEO) {
        assertThat(VideoTag.parse(tag.body()).write(TagSyntax.LEGACY)).isEqualTo(tag.body());
      } else if (tag.type() == FlvFile.AUDIO && !name.contains("mp3")) {
        assertThat(
                AudioTag.parse(tag.body()).write(TagSyntax.LEGACY).slice(1, tag.body().limit() - 1))
            .isEqualTo(tag.body().slice(1, tag.body().limit() - 1));
      }
    }
  }

  @Test
  void everyFormOfTheSameStreamGivesTheSameSamples() throws Exception {
    play("avc-aac.flv", 0);
    Publisher enhanced = new Publisher();
    Publisher annexB = new Publisher();
    for (FlvFile.Tag tag : FlvFile.ofResource("avc-aac.flv").tags()) {
      switch (tag.type()) {
        case FlvFile.VIDEO -> {
          VideoTag video = VideoTag.parse(tag.body());
          enhanced.demuxer.video(tag.timestampMs(), video.write(TagSyntax.ENHANCED));
          annexB.demuxer.video(tag.timestampMs(), toAnnexB(video).write(TagSyntax.LEGACY));
        }
        case FlvFile.AUDIO -> {
          AudioTag audio = AudioTag.parse(tag.body());
          enhanced.demuxer.audio(tag.timestampMs(), audio.write(TagSyntax.ENHANCED));
          annexB.demuxer.audio(tag.timestampMs(), tag.body());
        }
        default -> {}
      }
    }
    assertThat(enhanced.sink.starts).isEqualTo(sink.starts);
    assertThat(enhanced.sink.samples).isEqualTo(sink.samples);
    assertThat(annexB.sink.starts).isEqualTo(sink.starts);
    assertThat(annexB.sink.samples).isEqualTo(sink.samples);
  }

  private static VideoTag toAnnexB(VideoTag tag) throws MediaFormatException {
    return switch (tag) {
      case VideoTag.SequenceStart(ByteBuffer header) -> {
        AvcDecoderConfig config = AvcDecoderConfig.parse(header);
        yield new VideoTag.SequenceStart(
            NalUnits.writeAnnexB(
                List.of(
                    config.sequenceParameterSets().getFirst(),
                    config.pictureParameterSets().getFirst())));
      }
      case VideoTag.CodedFrames(boolean key, int compositionTimeMs, int nanos, ByteBuffer data) ->
          new VideoTag.CodedFrames(
              key,
              compositionTimeMs,
              nanos,
              NalUnits.writeAnnexB(NalUnits.readLengthPrefixed(data, 4)));
      case VideoTag.SequenceEnd _, VideoTag.Skipped _ -> tag;
    };
  }

  private void play(String name, long offsetMs) throws MediaFormatException, InterruptedException {
    for (FlvFile.Tag tag : FlvFile.ofResource(name).tags()) {
      switch (tag.type()) {
        case FlvFile.VIDEO -> publisher.demuxer.video(tag.timestampMs() + offsetMs, tag.body());
        case FlvFile.AUDIO -> publisher.demuxer.audio(tag.timestampMs() + offsetMs, tag.body());
        default -> {}
      }
    }
  }

  private AvcDecoderConfig avc() throws MediaFormatException {
    CodecConfig.Avc avc = (CodecConfig.Avc) sink.tracks().getFirst().config();
    return AvcDecoderConfig.parse(avc.decoderConfigurationRecord());
  }
}
