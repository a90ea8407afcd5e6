package io.streaminfa.ingest.upload;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A header's value with its parameters: {@code value; name=token; name="quoted"} (RFC 9110, 5.6.6).
 *
 * @param parameters by lower-case name
 */
record HeaderParameters(String value, Map<String, String> parameters) {
  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  static HeaderParameters parse(String text) throws UploadRejected {
    return new Parser(text).parse();
  }

  private static final class Parser {
    private final String text;
    private int position;

    Parser(String text) {
      this.text = text;
    }

    HeaderParameters parse() throws UploadRejected {
      String value = until(";").strip();
      Map<String, String> parameters = new HashMap<>();
      while (position < text.length()) {
        position++; // the semicolon
        String name = until("=;").strip().toLowerCase(Locale.ROOT);
        if (name.isEmpty() && (position == text.length() || text.charAt(position) == ';')) {
          continue;
        }
        if (position == text.length() || text.charAt(position) == ';') {
          throw malformed();
        }
        position++; // the equals sign
        if (parameters.putIfAbsent(name, parameterValue()) != null) {
          throw malformed();
        }
      }
      return new HeaderParameters(value, Map.copyOf(parameters));
    }

    private String parameterValue() throws UploadRejected {
      while (position < text.length() && text.charAt(position) == ' ') {
        position++;
      }
      if (position == text.length() || text.charAt(position) != '"') {
        return until(";").strip();
      }
      position++;
      StringBuilder value = new StringBuilder();
      while (position < text.length() && text.charAt(position) != '"') {
        // Old browsers send a path of Windows with its backslashes as they are.
        boolean escape = text.charAt(position) == '\\' && position + 1 < text.length();
        if (escape && (text.charAt(position + 1) == '"' || text.charAt(position + 1) == '\\')) {
          position++;
        }
        value.append(text.charAt(position++));
      }
      if (position == text.length()) {
        throw malformed();
      }
      position++;
      if (!until(";").isBlank()) {
        throw malformed();
      }
      return value.toString();
    }

    private String until(String ends) {
      int start = position;
      while (position < text.length() && ends.indexOf(text.charAt(position)) < 0) {
        position++;
      }
      return text.substring(start, position);
    }

    private static UploadRejected malformed() {
      return MultipartReader.malformed("malformed_form", "a header's parameters are malformed");
    }
  }
}
