package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.EndReason;
import io.streaminfa.media.HostileBytes;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AdtsHeader;
import io.streaminfa.media.codec.AudioSpecificConfig;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.Mp3FrameHeader;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.codec.SequenceParameterSet;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.FlvFile;
import io.streaminfa.media.flv.TagSyntax;
import io.streaminfa.media.flv.VideoTag;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any bytes give a value or a typed error, in bounded time and memory. */
@Timeout(30)
final class HostileMediaTest {
  private static final int ROUNDS = 10_000;

  @Test
  void videoTags() throws Exception {
    List<String> seeds =
        List.of(
            "1700000000 0142c00affe10017",
            "1701000042 00000002 6588",
            "9161766331 000042 00000002 6588",
            "97 02 000001 07 00 aa 11 61766331 000042 65",
            "96 21 68766331 01 000002 aabb 61766331 00 000004 00004265");
    HostileBytes.run(
        ROUNDS,
        seeds,
        input -> {
          VideoTag tag = VideoTag.parse(input);
          if (!(tag instanceof VideoTag.Skipped)) {
            assertThat(VideoTag.parse(tag.write(TagSyntax.ENHANCED))).isEqualTo(tag);
          }
        });
  }

  @Test
  void audioTags() throws Exception {
    List<String> seeds =
        List.of("af001210", "af012110", "2ffffb90", "95 11 6d703461 01 000001 aa 00 000002 2110");
    HostileBytes.run(
        ROUNDS,
        seeds,
        input -> {
          AudioTag tag = AudioTag.parse(input);
          if (!(tag instanceof AudioTag.Skipped)) {
            assertThat(AudioTag.parse(tag.write(TagSyntax.ENHANCED))).isEqualTo(tag);
          }
        });
  }

  @Test
  void sequenceParameterSets() throws Exception {
    List<String> seeds =
        List.of(
            "6742c00ad902847e5c0440000003004000000783c48992",
            "6764000aacd942847e5c0440000003004000000783c4896580");
    HostileBytes.run(ROUNDS, seeds, SequenceParameterSet::parse);
  }

  @Test
  void decoderConfigs() throws Exception {
    List<String> seeds =
        List.of(
            "0164000affe100196764000aacd942847e5c0440000003004000000783c489658001000568ef839cb0"
                + "fdf8f800");
    HostileBytes.run(
        ROUNDS,
        seeds,
        input -> {
          AvcDecoderConfig config = AvcDecoderConfig.parse(input);
          assertThat(AvcDecoderConfig.parse(config.write())).isEqualTo(config);
        });
  }

  @Test
  void audioConfigsAndHeaders() throws Exception {
    List<String> seeds = List.of("1210", "121056e500", "130856e59d4880", "eb098800", "1780578010");
    HostileBytes.run(
        ROUNDS,
        seeds,
        input -> {
          AudioSpecificConfig config = AudioSpecificConfig.parse(input);
          assertThat(AudioSpecificConfig.parse(config.write())).isEqualTo(config);
        });
    HostileBytes.run(ROUNDS, List.of("fff150802e7ffc"), AdtsHeader::parse);
    HostileBytes.run(
        ROUNDS,
        List.of("fffb9000", "fff3a8c0"),
        input -> {
          Mp3FrameHeader header = Mp3FrameHeader.parse(input);
          assertThat(Mp3FrameHeader.parse(header.write())).isEqualTo(header);
        });
  }

  @Test
  void nalUnits() throws Exception {
    List<String> seeds =
        List.of("0000000209f0000000036588aa", "0000000167aa0000000168bb", "060601c480", "4188840a");
    HostileBytes.run(
        ROUNDS,
        seeds,
        input -> {
          NalUnits.isIntraSlice(input);
          NalUnits.hasRecoveryPoint(input);
          for (int size : new int[] {1, 2, 4}) {
            if (NalUnits.isLengthPrefixed(input, size)) {
              NalUnits.readLengthPrefixed(input, size);
            }
          }
          NalUnits.readAnnexB(input);
        });
  }

  /** A real stream in which bytes, timestamps and the order of tags go wrong. */
  @Test
  void wholeStreams() throws Exception {
    List<FlvFile.Tag> tags = FlvFile.ofResource("avc-aac.flv").tags();
    Random random = new Random(7);
    for (int stream = 0; stream < 100; stream++) {
      Publisher publisher = new Publisher();
      EndReason reason = EndReason.CLEAN;
      try {
        for (int i = 0; i < tags.size(); i++) {
          send(
              publisher,
              tags.get(random.nextInt(20) == 0 ? random.nextInt(tags.size()) : i),
              random);
        }
      } catch (MediaFormatException e) {
        assertThat(e.defectCode()).matches("[a-z0-9_]+");
        reason = EndReason.REFUSED;
      }
      publisher.end(reason);
      assertThat(publisher.sink.ends).containsExactly(reason);
    }
  }

  private static void send(Publisher publisher, FlvFile.Tag tag, Random random) throws Exception {
    byte[] bytes = new byte[tag.body().remaining()];
    tag.body().duplicate().get(bytes);
    if (random.nextInt(50) == 0 && bytes.length > 0) {
      bytes[random.nextInt(Math.min(bytes.length, 40))] = (byte) random.nextInt();
    }
    long ms = random.nextInt(30) == 0 ? random.nextInt() & 0xffff_ffffL : tag.timestampMs();
    if (tag.type() == FlvFile.VIDEO) {
      publisher.demuxer.video(ms, ByteBuffer.wrap(bytes));
    } else if (tag.type() == FlvFile.AUDIO) {
      publisher.demuxer.audio(ms, ByteBuffer.wrap(bytes));
    }
    publisher.pass(Duration.ofMillis(random.nextInt(40)));
  }
}
