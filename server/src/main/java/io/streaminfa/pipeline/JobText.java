package io.streaminfa.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.media.MediaFormatException;
import java.io.IOException;

/** Reads what was kept with a durable job; what is missing there gets no default. */
final class JobText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JobText() {}

  static JsonNode read(String what, String text) throws MediaFormatException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw unreadable(what + " cannot be read: " + e.getOriginalMessage());
    }
  }

  static byte[] bytes(String name, JsonNode field) throws MediaFormatException {
    try {
      if (field.isTextual()) {
        return field.binaryValue();
      }
    } catch (IOException e) {
      throw unreadable(name + " cannot be read: " + e.getMessage());
    }
    throw unreadable(name + " is missing");
  }

  static long number(String name, JsonNode field, long min, long max) throws MediaFormatException {
    if (!field.canConvertToLong() || !field.isIntegralNumber()) {
      throw unreadable(name + " is missing");
    }
    long value = field.longValue();
    if (value < min || value > max) {
      throw unreadable(name + " is " + value);
    }
    return value;
  }

  private static MediaFormatException unreadable(String message) {
    return new MediaFormatException.Malformed("job_unreadable", message);
  }
}
