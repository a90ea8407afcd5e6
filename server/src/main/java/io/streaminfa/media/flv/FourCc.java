package io.streaminfa.media.flv;

/**
 * Four characters that name a codec in Enhanced RTMP.
 *
 * @param value the bytes as one big-endian number
 */
record FourCc(int value) {
  static final FourCc AVC1 = of("avc1");
  static final FourCc MP4A = of("mp4a");
  static final FourCc MP3 = of(".mp3");

  static FourCc of(String name) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = value << 8 | (name.charAt(i) & 0xff);
    }
    return new FourCc(value);
  }

  /** The characters; what is not printable ASCII becomes a question mark. */
  @Override
  public String toString() {
    StringBuilder name = new StringBuilder(4);
    for (int shift = 24; shift >= 0; shift -= 8) {
      int octet = value >>> shift & 0xff;
      name.append(octet >= 0x20 && octet < 0x7f ? (char) octet : '?');
    }
    return name.toString();
  }
}
