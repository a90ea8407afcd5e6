package io.streaminfa.packager;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import io.streaminfa.media.bytes.ByteReader;
import java.util.HexFormat;

/** RFC 6381 names from the bytes of codec configurations. */
final class CodecNames {
  private static final int AOT_ESCAPE = 31;

  private CodecNames() {}

  /** ISO/IEC 14496-15, 5.4.1: avc1 and the profile, constraints and level of the avcC. */
  static String of(CodecConfig.Avc config) throws MediaFormatException {
    ByteReader reader = new ByteReader(config.decoderConfigurationRecord(), "avc_config_truncated");
    reader.skip(1);
    return "avc1." + HexFormat.of().formatHex(reader.readBytes(3));
  }

  static String of(CodecConfig.Aac config) throws MediaFormatException {
    BitReader bits = new BitReader(config.audioSpecificConfig(), "aac_config_truncated");
    long type = bits.readBits(5);
    return "mp4a.40." + (type == AOT_ESCAPE ? 32 + bits.readBits(6) : type);
  }
}
