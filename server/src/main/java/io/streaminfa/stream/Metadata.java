package io.streaminfa.stream;

import java.nio.charset.StandardCharsets;

/**
 * What a client wants remembered with a stream; the server never looks inside.
 *
 * @param json the text of one JSON object, at most {@link #MAX_BYTES} in UTF-8
 */
public record Metadata(String json) {
  public static final int MAX_BYTES = 16 * 1024;
  public static final Metadata EMPTY = new Metadata("{}");

  public Metadata {
    if (!json.startsWith("{") || !json.endsWith("}")) {
      throw new IllegalArgumentException("metadata is not a JSON object");
    }
    if (!fits(json)) {
      throw new IllegalArgumentException("metadata is larger than " + MAX_BYTES + " bytes");
    }
  }

  public static boolean fits(String json) {
    return json.length() <= MAX_BYTES && json.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }
}
