package io.streaminfa.ingest.upload;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a client says of an upload (tus 1.0.0, "Upload-Metadata").
 *
 * @param header as it came; the client gets it back
 * @param values by key; keys that mean nothing here are the client's own
 */
public record TusMetadata(String header, Map<String, String> values) {
  private static final int MAX_CHARS = 4096;

  /**
   * @param header keys with values in Base64: {@code key dmFsdWU=,other}
   */
  public static TusMetadata parse(String header) throws UploadRejected {
    if (header.length() > MAX_CHARS) {
      throw malformed("may have at most " + MAX_CHARS + " characters");
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : header.split(",", -1)) {
      String[] keyAndValue = pair.strip().split(" ", 2);
      if (keyAndValue[0].isEmpty() && !header.isBlank()) {
        throw malformed("has an empty key");
      }
      String value = keyAndValue.length == 1 ? "" : decode(keyAndValue[1].strip());
      if (values.putIfAbsent(keyAndValue[0], value) != null) {
        throw malformed("has a key twice");
      }
    }
    return new TusMetadata(header, Map.copyOf(values));
  }

  private static String decode(String base64) throws UploadRejected {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed("has a value that is not Base64");
    }
  }

  private static UploadRejected malformed(String what) {
    return MultipartReader.malformed("invalid_metadata", "Upload-Metadata " + what);
  }

  /** The stream that the file is for. */
  Optional<String> streamId() {
    return Optional.ofNullable(values.get("stream_id"));
  }
}
