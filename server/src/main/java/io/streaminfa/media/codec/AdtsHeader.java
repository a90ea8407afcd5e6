package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import io.streaminfa.media.bytes.BitWriter;
import java.nio.ByteBuffer;

/**
 * The header that AAC has in files and MPEG-TS (ISO/IEC 14496-3, 1.A.2.2), and that some encoders
 * leave in FLV.
 *
 * @param config what an AudioSpecificConfig would say
 * @param headerBytes 7, or 9 with a checksum
 * @param frameBytes header and payload
 */
public record AdtsHeader(AudioSpecificConfig config, int headerBytes, int frameBytes) {
  private static final int SYNC_WORD = 0xfff;

  /**
   * Whether the sync word and a zero layer stand at the front. A raw frame cannot begin so: its
   * first three bits would be the end element.
   */
  public static boolean isPresent(ByteBuffer data) {
    return data.remaining() >= 2 && (data.getShort(data.position()) & 0xfff6) == 0xfff0;
  }

  /**
   * @throws MediaFormatException.Malformed {@code adts_truncated}, {@code adts_invalid}
   * @throws MediaFormatException.Unsupported for several raw data blocks in a frame, or what {@link
   *     AudioSpecificConfig#parse} refuses
   */
  public static AdtsHeader parse(ByteBuffer data) throws MediaFormatException {
    BitReader bits = new BitReader(data, "adts_truncated");
    if (bits.readBits(12) != SYNC_WORD) {
      throw invalid("no sync word");
    }
    bits.skipBits(1); // ID
    if (bits.readBits(2) != 0) {
      throw invalid("layer is not 0");
    }
    int headerBytes = bits.readFlag() ? 7 : 9;
    int objectType = (int) bits.readBits(2) + 1;
    int sampleRate = AacSampleRates.ofIndex((int) bits.readBits(4));
    bits.skipBits(1); // private_bit
    int channels = (int) bits.readBits(3);
    bits.skipBits(4); // original_copy, home, copyright bits
    int frameBytes = (int) bits.readBits(13);
    bits.skipBits(11); // adts_buffer_fullness
    if (bits.readBits(2) != 0) {
      throw new MediaFormatException.Unsupported(
          "audio_adts_blocks", "an ADTS frame of several raw data blocks");
    }
    if (sampleRate == 0 || frameBytes < headerBytes) {
      throw invalid("sampling index or frame length is out of range");
    }
    AudioSpecificConfig config =
        new AudioSpecificConfig(
            objectType, sampleRate, channels, false, new AudioSpecificConfig.Extension.Unsaid());
    return new AdtsHeader(AudioSpecificConfig.parse(config.write()), headerBytes, frameBytes);
  }

  /** The header of MPEG-4 without a checksum; a 9-byte header is written with a checksum of 0. */
  public ByteBuffer write() {
    BitWriter bits = new BitWriter();
    bits.bits(SYNC_WORD, 12).bits(0, 3).flag(headerBytes == 7);
    bits.bits(config.objectType() - 1, 2);
    bits.bits(AacSampleRates.indexOf(config.sampleRate()), 4).bits(0, 1);
    bits.bits(config.channelConfiguration(), 3).bits(0, 4);
    bits.bits(frameBytes, 13).bits(0x7ff, 11).bits(0, 2).bits(0, headerBytes == 9 ? 16 : 0);
    return ByteBuffer.wrap(bits.toByteArray());
  }

  private static MediaFormatException invalid(String message) {
    return new MediaFormatException.Malformed("adts_invalid", message);
  }
}
