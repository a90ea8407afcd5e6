package io.streaminfa.control;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Locale;

/**
 * An error answer: {@code application/problem+json}, RFC 9457.
 *
 * @param status the HTTP status, 400 to 599
 * @param code snake_case and stable; what a program looks at
 * @param detail a sentence about this occurrence, for people
 */
public record Problem(int status, String code, String detail) {
  static final String MEDIA_TYPE = "application/problem+json";

  /**
   * RFC 9457, 3.1.1: "consumers MUST use the type URI as the problem type's primary identifier".
   */
  String type() {
    return "urn:streaminfa:problem:" + code;
  }

  /** RFC 9457, 3.1.3: a summary that does not change from occurrence to occurrence. */
  String title() {
    String words = code.replace('_', ' ');
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  Document document(String requestId) {
    return new Document(type(), title(), status, detail, code, requestId);
  }

  /** What is sent. */
  @JsonPropertyOrder({"type", "title", "status", "detail", "code", "request_id"})
  record Document(
      String type, String title, int status, String detail, String code, String requestId) {}
}
