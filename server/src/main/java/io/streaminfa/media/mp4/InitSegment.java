package io.streaminfa.media.mp4;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;

/**
 * A CMAF header (ISO/IEC 23000-19, 7.3.1): one track, no samples, duration zero. There is no edit
 * list, because browsers follow only some of them and would then shift audio against video. Equal
 * arguments give equal bytes, so a changed configuration shows as changed bytes.
 */
public final class InitSegment {
  /** Every file holds one track, and calls it this. */
  static final int TRACK_ID = 1;

  private static final int TRACK_ENABLED_IN_MOVIE = 3;
  private static final int LANGUAGE_UNDETERMINED = 0x55c4;
  private static final int SELF_CONTAINED = 1;
  private static final int PIXELS_PER_INCH_72 = 0x0048_0000;
  private static final int DEPTH_24_NO_ALPHA = 0x0018;
  private static final int VOLUME_FULL = 0x0100;
  private static final int OBJECT_TYPE_MPEG4_AUDIO = 0x40;
  private static final int AUDIO_STREAM = 0x05 << 2 | 1;
  private static final int MAX_AUDIO_CONFIG_BYTES = 64;
  private static final int SAMPLE_BITS = 16;
  private static final int RATE_LIMIT = 1 << 16;
  private static final int[] UNITY_MATRIX = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000};

  private final BoxWriter boxes = new BoxWriter(new ByteWriter(1024));
  private final ByteWriter out = boxes.fields();
  private final Timescale timescale;

  private InitSegment(Timescale timescale) {
    this.timescale = timescale;
  }

  /**
   * @param size of the coded picture, as in its sequence parameter set
   */
  public static ByteBuffer video(CodecConfig.Avc config, Timescale timescale, Resolution size) {
    InitSegment init = new InitSegment(timescale);
    return init.write(
        () -> init.tkhd(size.width(), size.height(), 0),
        "vide",
        () -> init.boxes.fullBox("vmhd", 0, 1, () -> init.out.zeros(8)),
        () -> init.avc1(config.decoderConfigurationRecord(), size));
  }

  /**
   * @param config at most 64 bytes
   * @param sampleRate Hz
   */
  public static ByteBuffer audio(
      CodecConfig.Aac config, Timescale timescale, int sampleRate, int channels) {
    if (config.audioSpecificConfig().remaining() > MAX_AUDIO_CONFIG_BYTES) {
      throw new IllegalArgumentException("AudioSpecificConfig does not fit its descriptor");
    }
    InitSegment init = new InitSegment(timescale);
    return init.write(
        () -> init.tkhd(0, 0, VOLUME_FULL),
        "soun",
        () -> init.boxes.fullBox("smhd", 0, 0, () -> init.out.zeros(4)),
        () -> init.mp4a(config.audioSpecificConfig(), sampleRate, channels));
  }

  private ByteBuffer write(
      Runnable trackHeader, String handler, Runnable mediaHeader, Runnable sampleEntry) {
    boxes.box("ftyp", () -> out.ascii("iso6").u32(0).ascii("iso6").ascii("cmfc").ascii("mp41"));
    boxes.box(
        "moov",
        () -> {
          mvhd();
          boxes.box(
              "trak",
              () -> {
                trackHeader.run();
                boxes.box("mdia", () -> mdia(handler, mediaHeader, sampleEntry));
              });
          boxes.box("mvex", this::trex);
        });
    return out.toByteBuffer().slice().asReadOnlyBuffer();
  }

  private void mvhd() {
    boxes.fullBox(
        "mvhd",
        0,
        0,
        () -> {
          out.zeros(8).u32(timescale.ticksPerSecond()).u32(0);
          out.u32(0x10000).u16(VOLUME_FULL).zeros(10);
          matrix();
          out.zeros(24).u32(TRACK_ID + 1);
        });
  }

  private void tkhd(int width, int height, int volume) {
    boxes.fullBox(
        "tkhd",
        0,
        TRACK_ENABLED_IN_MOVIE,
        () -> {
          out.zeros(8).u32(TRACK_ID).zeros(4).u32(0);
          out.zeros(8).u16(0).u16(0).u16(volume).u16(0);
          matrix();
          out.u32((long) width << 16).u32((long) height << 16);
        });
  }

  private void mdia(String handler, Runnable mediaHeader, Runnable sampleEntry) {
    boxes.fullBox(
        "mdhd",
        0,
        0,
        () ->
            out.zeros(8).u32(timescale.ticksPerSecond()).u32(0).u16(LANGUAGE_UNDETERMINED).u16(0));
    boxes.fullBox("hdlr", 0, 0, () -> out.u32(0).ascii(handler).zeros(12).zeros(1));
    boxes.box(
        "minf",
        () -> {
          mediaHeader.run();
          boxes.box("dinf", this::dref);
          boxes.box("stbl", () -> stbl(sampleEntry));
        });
  }

  private void dref() {
    boxes.fullBox(
        "dref",
        0,
        0,
        () -> {
          out.u32(1);
          boxes.fullBox("url ", 0, SELF_CONTAINED, () -> {});
        });
  }

  private void stbl(Runnable sampleEntry) {
    boxes.fullBox(
        "stsd",
        0,
        0,
        () -> {
          out.u32(1);
          sampleEntry.run();
        });
    boxes.fullBox("stts", 0, 0, () -> out.u32(0));
    boxes.fullBox("stsc", 0, 0, () -> out.u32(0));
    boxes.fullBox("stsz", 0, 0, () -> out.u32(0).u32(0));
    boxes.fullBox("stco", 0, 0, () -> out.u32(0));
  }

  private void avc1(ByteBuffer decoderConfigurationRecord, Resolution size) {
    boxes.box(
        "avc1",
        () -> {
          out.zeros(6).u16(1).zeros(16);
          out.u16(size.width()).u16(size.height());
          out.u32(PIXELS_PER_INCH_72).u32(PIXELS_PER_INCH_72).u32(0).u16(1);
          out.zeros(32).u16(DEPTH_24_NO_ALPHA).u16(0xffff);
          boxes.box("avcC", () -> out.raw(decoderConfigurationRecord));
        });
  }

  private void mp4a(ByteBuffer audioSpecificConfig, int sampleRate, int channels) {
    boxes.box(
        "mp4a",
        () -> {
          out.zeros(6).u16(1).zeros(8);
          out.u16(channels).u16(SAMPLE_BITS).zeros(4);
          // 16.16 fixed point: a rate beyond its range is left to the AudioSpecificConfig.
          out.u32(sampleRate < RATE_LIMIT ? (long) sampleRate << 16 : 0);
          boxes.fullBox("esds", 0, 0, () -> esDescriptor(audioSpecificConfig));
        });
  }

  /**
   * ISO/IEC 14496-1, 7.2.6.5: ES_Descriptor { DecoderConfig { DecoderSpecificInfo }, SLConfig }.
   */
  private void esDescriptor(ByteBuffer audioSpecificConfig) {
    int specific = audioSpecificConfig.remaining();
    int decoderConfig = 13 + 2 + specific;
    out.u8(0x03).u8(3 + 2 + decoderConfig + 3).u16(TRACK_ID).u8(0);
    out.u8(0x04).u8(decoderConfig).u8(OBJECT_TYPE_MPEG4_AUDIO).u8(AUDIO_STREAM);
    out.u24(0).u32(0).u32(0);
    out.u8(0x05).u8(specific).raw(audioSpecificConfig);
    out.u8(0x06).u8(1).u8(2);
  }

  private void trex() {
    boxes.fullBox("trex", 0, 0, () -> out.u32(TRACK_ID).u32(1).u32(0).u32(0).u32(0));
  }

  private void matrix() {
    for (int value : UNITY_MATRIX) {
      out.u32(value);
    }
  }
}
