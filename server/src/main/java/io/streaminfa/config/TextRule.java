package io.streaminfa.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What a string must look like. Secrets are never repeated in a refusal. */
sealed interface TextRule {
  void check(String text) throws InvalidValue;

  /** One of some names. */
  record OneOf(List<String> names) implements TextRule {
    @Override
    public void check(String text) throws InvalidValue {
      if (names.contains(text)) {
        return;
      }
      String nearest =
          NearestName.of(text, names).map(name -> "; did you mean " + name + "?").orElse("");
      throw new InvalidValue(
          "must be one of " + String.join(", ", names) + ", not " + shown(text) + nearest);
    }
  }

  /** Matches a pattern; {@code wanted} says in words what that is. */
  record Matching(Pattern pattern, String wanted) implements TextRule {
    @Override
    public void check(String text) throws InvalidValue {
      if (!pattern.matcher(text).matches()) {
        throw new InvalidValue("must be " + wanted + ", not " + shown(text));
      }
    }
  }

  /** As {@link Matching}, of something that must not be shown. */
  record Secret(Pattern pattern, String wanted) implements TextRule {
    @Override
    public void check(String text) throws InvalidValue {
      if (!pattern.matcher(text).matches()) {
        throw new InvalidValue("must be " + wanted);
      }
    }
  }

  /** An absolute http or https URL without query and fragment, or nothing where that is allowed. */
  record HttpUrl(boolean mayBeEmpty) implements TextRule {
    @Override
    public void check(String text) throws InvalidValue {
      if (!(text.isEmpty() ? mayBeEmpty : isHttpUrl(text))) {
        throw new InvalidValue("must be an http or https URL, not " + shown(text));
      }
    }

    private static boolean isHttpUrl(String text) {
      try {
        URI uri = new URI(text);
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getRawUserInfo() == null
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getPort() <= 65_535;
      } catch (URISyntaxException e) {
        return false;
      }
    }
  }

  /** A path of this machine's file system. */
  record FilePath() implements TextRule {
    @Override
    public void check(String text) throws InvalidValue {
      try {
        if (!text.isBlank() && !Path.of(text).toString().isEmpty()) {
          return;
        }
      } catch (InvalidPathException e) {
        // Said below, as of an empty one.
      }
      throw new InvalidValue("must be a path, not " + shown(text));
    }
  }

  private static String shown(String text) {
    int limit = 80;
    return ValueType.quoted(text.length() <= limit ? text : text.substring(0, limit) + "...");
  }
}
