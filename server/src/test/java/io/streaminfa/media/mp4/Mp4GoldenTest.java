package io.streaminfa.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.media.mp4.Fragment.FrameEntry;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the writer makes, as text that a review can read: type, size, payload in words. */
final class Mp4GoldenTest {
  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = Mp4GoldenTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static FrameEntry frame(long duration, long offset, boolean sync, String payload) {
    return new FrameEntry(duration, offset, sync, bytes(payload));
  }

  @Test
  void rule28TheInitSegmentOfAVideo() throws IOException {
    CodecConfig.Avc config =
        new CodecConfig.Avc(
            bytes(
                "014d401fffe10019674d401feca02802dd8088000003000800000301e078c18cb001000468efbc80"));
    ByteBuffer init = InitSegment.video(config, Timescale.VIDEO, new Resolution(1280, 720));
    assertThat(Mp4Reader.dump(init)).isEqualTo(golden("init-video.txt"));
  }

  @Test
  void rule28TheInitSegmentOfAnAudio() throws IOException {
    ByteBuffer init =
        InitSegment.audio(new CodecConfig.Aac(bytes("1190")), new Timescale(48_000), 48_000, 2);
    assertThat(Mp4Reader.dump(init)).isEqualTo(golden("init-audio.txt"));
  }

  @Test
  void rules29And31AChunkWithReorderedPictures() throws IOException {
    ByteWriter out = new ByteWriter(16);
    Fragment.writeSegmentType(out);
    new Fragment(
            7,
            5_000_000_000L,
            List.of(
                frame(3000, 0, true, "00000001aa"),
                frame(3000, 6000, false, "00000001bb"),
                frame(3000, -3000, false, "00000001cc"),
                frame(3003, -3000, false, "00000001dd")))
        .writeTo(out);
    assertThat(Mp4Reader.dump(out.toByteBuffer())).isEqualTo(golden("chunk-video.txt"));
  }

  @Test
  void aChunkOfAudioSaysOnlyTheSizes() throws IOException {
    ByteWriter out = new ByteWriter(16);
    new Fragment(8, 96_256, List.of(frame(1024, 0, true, "2110"), frame(1024, 0, true, "211020")))
        .writeTo(out);
    assertThat(Mp4Reader.dump(out.toByteBuffer())).isEqualTo(golden("chunk-audio.txt"));
  }

  @Test
  void samplesComeBackAsTheyWere() {
    List<FrameEntry> frames =
        List.of(
            frame(1, 5, false, "01"),
            frame(2, -5, true, "0203"),
            frame(3, 0, false, "040506"),
            frame(4, 9, true, ""));
    ByteWriter out = new ByteWriter(16);
    new Fragment(1, 100, frames).writeTo(out);
    new Fragment(2, 110, frames.subList(0, 1)).writeTo(out);
    List<Mp4Reader.ReadSample> read = Mp4Reader.samples(out.toByteBuffer());
    assertThat(read)
        .extracting(Mp4Reader.ReadSample::dtsTicks)
        .containsExactly(100L, 101L, 103L, 106L, 110L);
    for (int i = 0; i < 5; i++) {
      FrameEntry frame = frames.get(i % 4);
      assertThat(read.get(i).durationTicks()).isEqualTo(frame.durationTicks());
      assertThat(read.get(i).offsetTicks()).isEqualTo(frame.compositionOffsetTicks());
      assertThat(read.get(i).sync()).isEqualTo(frame.sync());
      assertThat(read.get(i).data()).isEqualTo(frame.data());
    }
  }

  @Test
  void whatAFileCannotSayIsNotWritten() {
    assertThatThrownBy(() -> new Fragment(1, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    Fragment negative = new Fragment(1, -1, List.of(frame(1, 0, true, "00")));
    assertThatThrownBy(() -> negative.writeTo(new ByteWriter(16)))
        .isInstanceOf(IllegalArgumentException.class);
    CodecConfig.Aac huge = new CodecConfig.Aac(ByteBuffer.allocate(65));
    assertThatThrownBy(() -> InitSegment.audio(huge, new Timescale(48_000), 48_000, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
