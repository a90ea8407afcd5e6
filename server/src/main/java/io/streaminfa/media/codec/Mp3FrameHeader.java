package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;

/**
 * The four bytes in front of each frame of MPEG audio layer III (ISO/IEC 11172-3, 2.4.1.3).
 *
 * @param version of the frame
 * @param bitrateKbps 8 to 320
 * @param sampleRate Hz
 * @param padded one byte more
 * @param channels 1 or 2
 */
public record Mp3FrameHeader(
    Version version, int bitrateKbps, int sampleRate, boolean padded, int channels) {

  /** MPEG-2.5 is the industry's extension to low rates. */
  public enum Version {
    MPEG_2_5(0, 4),
    MPEG_2(2, 2),
    MPEG_1(3, 1);

    private final int code;
    private final int rateDivisor;

    Version(int code, int rateDivisor) {
      this.code = code;
      this.rateDivisor = rateDivisor;
    }

    private static Version ofCode(int code) throws MediaFormatException {
      for (Version version : values()) {
        if (version.code == code) {
          return version;
        }
      }
      throw invalid("MPEG version code " + code + " is reserved");
    }

    private int sampleRate(int index) {
      return switch (index) {
        case 0 -> 44_100 / rateDivisor;
        case 1 -> 48_000 / rateDivisor;
        case 2 -> 32_000 / rateDivisor;
        default -> 0;
      };
    }

    /** 0 for "free" and for the forbidden index. */
    private int bitrateKbps(int index) {
      return this == MPEG_1 ? mpeg1BitrateKbps(index) : mpeg2BitrateKbps(index);
    }

    private static int mpeg1BitrateKbps(int index) {
      return switch (index) {
        case 1 -> 32;
        case 2 -> 40;
        case 3 -> 48;
        case 4 -> 56;
        case 5 -> 64;
        case 6 -> 80;
        case 7 -> 96;
        case 8 -> 112;
        case 9 -> 128;
        case 10 -> 160;
        case 11 -> 192;
        case 12 -> 224;
        case 13 -> 256;
        case 14 -> 320;
        default -> 0;
      };
    }

    private static int mpeg2BitrateKbps(int index) {
      return switch (index) {
        case 1, 2, 3, 4, 5, 6, 7, 8 -> 8 * index;
        case 9, 10, 11, 12, 13, 14 -> 64 + 16 * (index - 8);
        default -> 0;
      };
    }
  }

  /**
   * @throws MediaFormatException.Malformed {@code mp3_truncated}, {@code mp3_invalid}
   * @throws MediaFormatException.Unsupported {@code audio_codec_mpeg_layer} for layers I and II
   */
  public static Mp3FrameHeader parse(ByteBuffer frame) throws MediaFormatException {
    long bits = new ByteReader(frame, "mp3_truncated").readU32();
    if (bits >>> 21 != 0x7ff) {
      throw invalid("no sync word");
    }
    Version version = Version.ofCode((int) (bits >>> 19 & 3));
    int layer = 4 - (int) (bits >>> 17 & 3);
    if (layer == 4) {
      throw invalid("the layer is reserved");
    }
    if (layer != 3) {
      throw new MediaFormatException.Unsupported(
          "audio_codec_mpeg_layer", "MPEG audio of layer " + layer);
    }
    int bitrateKbps = version.bitrateKbps((int) (bits >>> 12 & 15));
    int sampleRate = version.sampleRate((int) (bits >>> 10 & 3));
    if (bitrateKbps == 0 || sampleRate == 0) {
      throw invalid("bitrate or sampling frequency is reserved");
    }
    boolean padded = (bits >>> 9 & 1) == 1;
    int channels = (bits >>> 6 & 3) == 3 ? 1 : 2;
    return new Mp3FrameHeader(version, bitrateKbps, sampleRate, padded, channels);
  }

  /** The header of a frame without a checksum, plain stereo or mono. */
  public ByteBuffer write() {
    long bits = 0x7ffL << 21 | (long) version.code << 19 | 1 << 17 | 1 << 16;
    bits |= (long) indexOfBitrate() << 12 | (long) indexOfSampleRate() << 10;
    bits |= (padded ? 1 << 9 : 0) | (channels == 1 ? 3 << 6 : 0);
    return new ByteWriter(4).u32(bits).toByteBuffer();
  }

  public int samplesPerFrame() {
    return version == Version.MPEG_1 ? 1152 : 576;
  }

  /** Header and payload. */
  public int frameBytes() {
    return samplesPerFrame() / 8 * bitrateKbps * 1000 / sampleRate + (padded ? 1 : 0);
  }

  private int indexOfBitrate() {
    for (int index = 1; index < 15; index++) {
      if (version.bitrateKbps(index) == bitrateKbps) {
        return index;
      }
    }
    throw new IllegalStateException("not a bitrate of " + version + ": " + bitrateKbps);
  }

  private int indexOfSampleRate() {
    for (int index = 0; index < 3; index++) {
      if (version.sampleRate(index) == sampleRate) {
        return index;
      }
    }
    throw new IllegalStateException("not a sample rate of " + version + ": " + sampleRate);
  }

  private static MediaFormatException invalid(String message) {
    return new MediaFormatException.Malformed("mp3_invalid", message);
  }
}
