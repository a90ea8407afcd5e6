package io.streaminfa.media;

import java.nio.ByteBuffer;

/**
 * What a decoder needs before the first sample. The buffers are never modified once they are here;
 * who reads one duplicates it first.
 */
public sealed interface CodecConfig {
  /** Whether this is a video codec; otherwise it is audio. */
  boolean isVideo();

  /**
   * H.264.
   *
   * @param decoderConfigurationRecord ISO/IEC 14496-15, 5.3.3.1 (the payload of an avcC box)
   */
  record Avc(ByteBuffer decoderConfigurationRecord) implements CodecConfig {
    @Override
    public boolean isVideo() {
      return true;
    }
  }

  /**
   * AAC.
   *
   * @param audioSpecificConfig ISO/IEC 14496-3, 1.6.2.1
   */
  record Aac(ByteBuffer audioSpecificConfig) implements CodecConfig {
    @Override
    public boolean isVideo() {
      return false;
    }
  }

  /** MPEG-1/2 layer III, whose frames describe themselves. */
  record Mp3() implements CodecConfig {
    @Override
    public boolean isVideo() {
      return false;
    }
  }
}
