package io.streaminfa.media.codec;

import java.util.Locale;

/** The names of RFC 6381 that HLS's CODECS attribute lists. */
public final class CodecString {
  /** MPEG-4's name for MPEG-1 layer III. */
  public static final String MP3 = "mp4a.40.34";

  private CodecString() {}

  /** {@code avc1.PPCCLL}: profile, constraints and level in hexadecimal. */
  public static String of(AvcDecoderConfig config) {
    return String.format(
        Locale.ROOT, "avc1.%02X%02X%02X", config.profile(), config.constraints(), config.level());
  }

  /** {@code mp4a.40.N}: the object type as it is signalled. */
  public static String of(AudioSpecificConfig config) {
    return "mp4a.40." + config.signalledObjectType();
  }
}
