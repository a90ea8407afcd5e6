package io.streaminfa.ingest.rtmp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Where encoders put the stream key. They cut {@code rtmp://host/app/key?query} in different
 * places, so application and stream name are joined again and the last path segment is the key.
 */
final class StreamKeyLocation {
  private StreamKeyLocation() {}

  /**
   * The key, without query, URL encoding and the spaces that come with a copied key.
   *
   * @param app the application that the client connected to
   * @param streamName what it wants to publish; may be empty when the key is in the application
   * @return empty when there is none
   */
  static String find(String app, String streamName) {
    String path = withoutQuery(app) + "/" + withoutQuery(streamName);
    String key = "";
    int end = path.length();
    while (key.isEmpty() && end > 0) {
      int slash = path.lastIndexOf('/', end - 1);
      key = percentDecoded(path.substring(slash + 1, end)).strip();
      end = slash;
    }
    return key;
  }

  private static String withoutQuery(String text) {
    int question = text.indexOf('?');
    return question < 0 ? text : text.substring(0, question);
  }

  /** RFC 3986, 2.1. A percent sign that no two hexadecimal digits follow stands for itself. */
  private static String percentDecoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer in = ByteBuffer.wrap(utf8);
    ByteBuffer out = ByteBuffer.allocate(utf8.length);
    while (in.hasRemaining()) {
      byte next = in.get();
      int at = in.position();
      if (next == '%'
          && in.remaining() >= 2
          && HexFormat.isHexDigit(in.get(at))
          && HexFormat.isHexDigit(in.get(at + 1))) {
        next = (byte) (HexFormat.fromHexDigit(in.get()) << 4 | HexFormat.fromHexDigit(in.get()));
      }
      out.put(next);
    }
    return StandardCharsets.UTF_8.decode(out.flip()).toString();
  }
}
