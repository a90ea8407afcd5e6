package io.streaminfa.ingest.rtmp;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Wire bytes as tests write them. */
public final class Bytes {
  private Bytes() {}

  /** Hexadecimal digits; spaces are for the reader. */
  public static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  public static ByteBuffer buffer(String digits) {
    return ByteBuffer.wrap(hex(digits));
  }

  public static String toHex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    return HexFormat.of().formatHex(copy);
  }

  /** Digits without the spaces, to compare with {@link #toHex}. */
  public static String plain(String digits) {
    return digits.replace(" ", "");
  }
}
