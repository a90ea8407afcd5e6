package io.streaminfa.packager.hls;

import io.streaminfa.media.MediaFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What both kinds of playlist are made of: lines, tags, attribute lists. */
final class PlaylistLines {
  /** Weeks of recording; beyond it a text is refused before it is looked at. */
  static final int MAX_TEXT_CHARS = 64 << 20;

  private static final int MAX_ATTRIBUTES = 32;
  private static final Pattern ATTRIBUTE =
      Pattern.compile("([A-Z0-9-]{1,40})=(\"[^\"\\r\\n]{0,2048}\"|[^\",\\s]{1,2048})(,(?=.)|$)");

  private PlaylistLines() {}

  /** The lines that mean something: tags and URIs, without comments and empty lines. */
  static List<String> split(String text) throws MediaFormatException {
    if (text.length() > MAX_TEXT_CHARS) {
      throw malformed("playlist_too_long", text.length() + " characters");
    }
    if (!text.startsWith("#EXTM3U\n")) {
      throw malformed("playlist_header", "the first line is not #EXTM3U");
    }
    if (!text.endsWith("\n")) {
      throw malformed("playlist_truncated", "the last line does not end");
    }
    List<String> lines = new ArrayList<>();
    for (int start = 8; start < text.length(); ) {
      int end = text.indexOf('\n', start);
      String line = text.substring(start, end);
      if (line.startsWith("#EXT") || (!line.isEmpty() && line.charAt(0) != '#')) {
        lines.add(line);
      }
      start = end + 1;
    }
    return lines;
  }

  /** RFC 8216bis, 4.2; quoted strings come without their quotes. */
  static Map<String, String> attributes(String list) throws MediaFormatException {
    Map<String, String> attributes = new LinkedHashMap<>();
    Matcher matcher = ATTRIBUTE.matcher(list);
    int position = 0;
    while (position < list.length()) {
      matcher.region(position, list.length());
      if (!matcher.lookingAt() || attributes.size() == MAX_ATTRIBUTES) {
        throw malformed("playlist_attribute", list);
      }
      String value = matcher.group(2);
      String bare = value.startsWith("\"") ? value.substring(1, value.length() - 1) : value;
      if (attributes.put(matcher.group(1), bare) != null) {
        throw malformed("playlist_attribute", matcher.group(1) + " twice");
      }
      position = matcher.end();
    }
    return attributes;
  }

  static String required(Map<String, String> attributes, String name) throws MediaFormatException {
    String value = attributes.get(name);
    if (value == null) {
      throw malformed("playlist_attribute", "no " + name);
    }
    return value;
  }

  /** A decimal-integer of RFC 8216bis, 4.2, below 10^18. */
  static long decimal(String text) throws MediaFormatException {
    boolean digits = !text.isEmpty() && text.length() <= 18;
    for (int i = 0; digits && i < text.length(); i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits) {
      throw malformed("playlist_number", text);
    }
    return Long.parseLong(text);
  }

  static int decimalInt(String text) throws MediaFormatException {
    long value = decimal(text);
    if (value > Integer.MAX_VALUE) {
      throw malformed("playlist_number", text);
    }
    return (int) value;
  }

  static boolean yes(String text) throws MediaFormatException {
    if (!text.equals("YES") && !text.equals("NO")) {
      throw malformed("playlist_attribute", text + " is neither YES nor NO");
    }
    return text.equals("YES");
  }

  /** A decimal-floating-point as units of 10^-places. */
  static long fixedPoint(String text, int places) throws MediaFormatException {
    int dot = text.indexOf('.');
    String whole = dot < 0 ? text : text.substring(0, dot);
    String fraction = dot < 0 ? "" : text.substring(dot + 1);
    if (whole.length() > 11 || fraction.length() > places || (dot >= 0 && fraction.isEmpty())) {
      throw malformed("playlist_number", text);
    }
    long value = decimal(whole);
    for (int i = 0; i < places; i++) {
      value = value * 10 + (i < fraction.length() ? decimal(fraction.substring(i, i + 1)) : 0);
    }
    return value;
  }

  /** Appends {@code value} units of 10^-places with all its places. */
  static void appendFixedPoint(StringBuilder out, long value, int places) {
    long scale = 1;
    for (int i = 0; i < places; i++) {
      scale *= 10;
    }
    out.append(value / scale).append('.');
    long fraction = value % scale;
    for (long unit = scale / 10; unit > 0; unit /= 10) {
      out.append((char) ('0' + fraction / unit % 10));
    }
  }

  /** The header's once-only integer tags. */
  static OptionalInt once(OptionalInt earlier, String tag, String value)
      throws MediaFormatException {
    if (earlier.isPresent()) {
      throw malformed("playlist_repeated_tag", tag);
    }
    return OptionalInt.of(decimalInt(value));
  }

  static String tag(String line) {
    int colon = line.indexOf(':');
    return colon < 0 ? line : line.substring(0, colon);
  }

  static String value(String line) {
    int colon = line.indexOf(':');
    return colon < 0 ? "" : line.substring(colon + 1);
  }

  static int present(OptionalInt value, String tag) throws MediaFormatException {
    if (value.isEmpty()) {
      throw malformed("playlist_missing_tag", tag);
    }
    return value.getAsInt();
  }

  static MediaFormatException malformed(String code, String message) {
    return new MediaFormatException.Malformed(code, excerpt(message));
  }

  static MediaFormatException unknownTag(String line) {
    return new MediaFormatException.Unsupported("playlist_unknown_tag", excerpt(line));
  }

  private static String excerpt(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80);
  }
}
