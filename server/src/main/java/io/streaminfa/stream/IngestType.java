package io.streaminfa.stream;

import java.util.Locale;
import java.util.Optional;

/** How a stream's media comes in. */
public enum IngestType {
  RTMP,
  UPLOAD;

  /** The name in the API and in metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type that the API calls by this name. */
  public static Optional<IngestType> ofWireName(String name) {
    for (IngestType type : values()) {
      if (type.wireName().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
