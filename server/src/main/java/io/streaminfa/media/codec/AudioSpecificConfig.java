package io.streaminfa.media.codec;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.BitReader;
import io.streaminfa.media.bytes.BitWriter;
import java.nio.ByteBuffer;

/**
 * AAC's configuration (ISO/IEC 14496-3, 1.6.2.1) for the object types that live streams carry: AAC
 * Main, LC and LTP, with or without spectral band replication and parametric stereo.
 *
 * @param objectType of the core: {@link #AAC_MAIN}, {@link #AAC_LC} or {@link #AAC_LTP}
 * @param sampleRate of the core, Hz, at least 1
 * @param channelConfiguration 1 to 7 (7 is eight channels)
 * @param shortFrames 960 samples a frame instead of 1024
 * @param extension how spectral band replication is signalled
 */
public record AudioSpecificConfig(
    int objectType,
    int sampleRate,
    int channelConfiguration,
    boolean shortFrames,
    Extension extension) {
  public static final int AAC_MAIN = 1;
  public static final int AAC_LC = 2;
  public static final int AAC_LTP = 4;
  static final int SPECTRAL_BAND_REPLICATION = 5;
  static final int PARAMETRIC_STEREO = 29;

  /** Where the configuration speaks of spectral band replication. */
  public sealed interface Extension {
    /** Nowhere; a decoder finds out from the frames. */
    record Unsaid() implements Extension {}

    /** Object type 5 or 29 stands in front of the core's. */
    record Hierarchical(int sampleRate, boolean parametricStereo) implements Extension {}

    /** Sync extension 0x2b7 at the end, with the flag set. */
    record Appended(int sampleRate, boolean parametricStereo) implements Extension {}

    /** Sync extension 0x2b7 at the end, with the flag clear: "there is none". */
    record Denied() implements Extension {}
  }

  private static final String TRUNCATED = "audio_config_truncated";
  private static final String INVALID = "audio_config_invalid";
  private static final int ESCAPE_OBJECT_TYPE = 31;
  private static final int EXPLICIT_SAMPLE_RATE = 15;
  private static final int SYNC_EXTENSION = 0x2b7;
  private static final int SYNC_PARAMETRIC_STEREO = 0x548;

  /**
   * @throws MediaFormatException.Malformed {@code audio_config_truncated}, {@code
   *     audio_config_invalid}
   * @throws MediaFormatException.Unsupported {@code audio_aac_object_type}, {@code
   *     audio_aac_channel_layout}
   */
  public static AudioSpecificConfig parse(ByteBuffer config) throws MediaFormatException {
    BitReader bits = new BitReader(config, TRUNCATED);
    int objectType = readObjectType(bits);
    int sampleRate = readSampleRate(bits);
    int channels = (int) bits.readBits(4);
    Extension extension = new Extension.Unsaid();
    if (objectType == SPECTRAL_BAND_REPLICATION || objectType == PARAMETRIC_STEREO) {
      extension = new Extension.Hierarchical(readSampleRate(bits), objectType == PARAMETRIC_STEREO);
      objectType = readObjectType(bits);
    }
    checkCore(objectType, channels);
    boolean shortFrames = bits.readFlag();
    if (bits.readFlag()) { // dependsOnCoreCoder
      bits.skipBits(14);
    }
    bits.skipBits(1); // extensionFlag: "shall be '0'" for these object types
    if (extension instanceof Extension.Unsaid) {
      extension = readAppended(bits);
    }
    return new AudioSpecificConfig(objectType, sampleRate, channels, shortFrames, extension);
  }

  /** Plain AAC-LC. */
  public static AudioSpecificConfig lowComplexity(int sampleRate, int channelConfiguration) {
    return new AudioSpecificConfig(
        AAC_LC, sampleRate, channelConfiguration, false, new Extension.Unsaid());
  }

  public ByteBuffer write() {
    BitWriter bits = new BitWriter();
    if (extension instanceof Extension.Hierarchical(int rate, boolean stereo)) {
      bits.bits(stereo ? PARAMETRIC_STEREO : SPECTRAL_BAND_REPLICATION, 5);
      writeSampleRate(bits, sampleRate);
      bits.bits(channelConfiguration, 4);
      writeSampleRate(bits, rate);
      bits.bits(objectType, 5);
    } else {
      bits.bits(objectType, 5);
      writeSampleRate(bits, sampleRate);
      bits.bits(channelConfiguration, 4);
    }
    bits.flag(shortFrames).flag(false).flag(false);
    switch (extension) {
      case Extension.Appended(int rate, boolean stereo) -> {
        bits.bits(SYNC_EXTENSION, 11).bits(SPECTRAL_BAND_REPLICATION, 5).flag(true);
        writeSampleRate(bits, rate);
        if (stereo) {
          bits.bits(SYNC_PARAMETRIC_STEREO, 11).flag(true);
        }
      }
      case Extension.Denied() ->
          bits.bits(SYNC_EXTENSION, 11).bits(SPECTRAL_BAND_REPLICATION, 5).flag(false);
      case Extension.Unsaid _, Extension.Hierarchical _ -> {}
    }
    return ByteBuffer.wrap(bits.toByteArray());
  }

  /** Channels of the core: parametric stereo makes two of one. */
  public int channels() {
    return channelConfiguration == 7 ? 8 : channelConfiguration;
  }

  /** What follows {@code mp4a.40.} in a codec string: 2, 5 or 29 for the usual three. */
  public int signalledObjectType() {
    return extension instanceof Extension.Hierarchical(int rate, boolean stereo)
        ? (stereo ? PARAMETRIC_STEREO : SPECTRAL_BAND_REPLICATION)
        : objectType;
  }

  private static void checkCore(int objectType, int channels) throws MediaFormatException {
    if (objectType != AAC_MAIN && objectType != AAC_LC && objectType != AAC_LTP) {
      throw new MediaFormatException.Unsupported(
          "audio_aac_object_type", "MPEG-4 audio object type " + objectType);
    }
    if (channels == 0 || channels > 7) {
      throw new MediaFormatException.Unsupported(
          "audio_aac_channel_layout", "AAC channel configuration " + channels);
    }
  }

  private static Extension readAppended(BitReader bits) throws MediaFormatException {
    // "if ( extensionAudioObjectType != 5 && bits_to_decode() >= 16 )"
    if (bits.remainingBits() < 16
        || bits.readBits(11) != SYNC_EXTENSION
        || readObjectType(bits) != SPECTRAL_BAND_REPLICATION) {
      return new Extension.Unsaid();
    }
    if (!bits.readFlag()) {
      return new Extension.Denied();
    }
    int sampleRate = readSampleRate(bits);
    boolean stereo =
        bits.remainingBits() >= 12
            && bits.readBits(11) == SYNC_PARAMETRIC_STEREO
            && bits.readFlag();
    return new Extension.Appended(sampleRate, stereo);
  }

  private static int readObjectType(BitReader bits) throws MediaFormatException {
    int type = (int) bits.readBits(5);
    return type == ESCAPE_OBJECT_TYPE ? 32 + (int) bits.readBits(6) : type;
  }

  private static int readSampleRate(BitReader bits) throws MediaFormatException {
    int index = (int) bits.readBits(4);
    int rate =
        index == EXPLICIT_SAMPLE_RATE ? (int) bits.readBits(24) : AacSampleRates.ofIndex(index);
    if (rate == 0) {
      throw new MediaFormatException.Malformed(INVALID, "sampling frequency index " + index);
    }
    return rate;
  }

  private static void writeSampleRate(BitWriter bits, int sampleRate) {
    int index = AacSampleRates.indexOf(sampleRate);
    if (index >= 0) {
      bits.bits(index, 4);
    } else {
      bits.bits(EXPLICIT_SAMPLE_RATE, 4).bits(sampleRate, 24);
    }
  }
}
