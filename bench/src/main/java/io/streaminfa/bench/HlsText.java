package io.streaminfa.bench;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a player reads out of a playlist, whoever wrote it. */
final class HlsText {
  private static final Pattern URI_ATTRIBUTE = Pattern.compile("[:,]URI=\"([^\"]*)\"");

  private HlsText() {}

  /** All that a playlist names: URI lines, and the URI attributes of tags. */
  static List<URI> uris(URI playlist, String text) {
    List<URI> all = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (!line.startsWith("#")) {
        if (!line.isBlank()) {
          all.add(playlist.resolve(line));
        }
      } else {
        Matcher matcher = URI_ATTRIBUTE.matcher(line);
        if (matcher.find()) {
          all.add(playlist.resolve(matcher.group(1)));
        }
      }
    }
    return all;
  }
}
