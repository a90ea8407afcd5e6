package io.streaminfa.storage;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The name of a stored object, and the only place that knows how objects are named. Routes below
 * {@code /streams/} are the same strings.
 *
 * @param value relative, with single slashes, in {@code [A-Za-z0-9._-]} segments that are never
 *     dots
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
  private static final int MAX_LENGTH = 512;
  private static final int SEGMENT_DIGITS = 6;
  private static final long TEN_TO_SEGMENT_DIGITS = 1_000_000;
  private static final byte[] FIRST_SEGMENT = "000000.m4s".getBytes(StandardCharsets.US_ASCII);
  private static final String SEGMENT_SUFFIX = ".m4s";
  private static final Pattern VALID =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");

  /** The kinds of object that metrics and cache policy tell apart. */
  public enum ObjectType {
    SEGMENT,
    PART,
    MANIFEST,
    INIT,
    METADATA,
    SOURCE
  }

  public ObjectKey {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an object key: " + value);
    }
  }

  /** Whether a string from outside names an object; nothing else may reach the constructor. */
  public static boolean isValid(String value) {
    return value.length() <= MAX_LENGTH && VALID.matcher(value).matches();
  }

  /** The prefix of everything that belongs to a stream. */
  public static String streamPrefix(String streamId) {
    return streamId + "/";
  }

  public static ObjectKey multivariantPlaylist(String streamId) {
    return new ObjectKey(streamId + "/master.m3u8");
  }

  public static ObjectKey metadata(String streamId) {
    return new ObjectKey(streamId + "/metadata.json");
  }

  public static ObjectKey mediaPlaylist(String streamId, String rendition) {
    return new ObjectKey(streamId + "/" + rendition + "/media.m3u8");
  }

  /**
   * The first init segment is {@code init.mp4}; after a change of configuration {@code init_1.mp4}.
   */
  public static ObjectKey init(String streamId, String rendition, int version) {
    return new ObjectKey(streamId + "/" + rendition + "/" + initName(version));
  }

  public static ObjectKey segment(String streamId, String rendition, long number) {
    return new ObjectKey(streamId + "/" + rendition + "/" + segmentName(number));
  }

  /** How a media playlist refers to its init segment. */
  public static String initName(int version) {
    return version == 0 ? "init.mp4" : "init_" + version + ".mp4";
  }

  /**
   * How a media playlist refers to a segment.
   *
   * @param number at least 0; from a million on the name has more digits
   */
  public static String segmentName(long number) {
    // Not String.format, which takes longer for one name than a whole playlist should.
    if (number >= TEN_TO_SEGMENT_DIGITS) {
      return number + SEGMENT_SUFFIX;
    }
    byte[] name = FIRST_SEGMENT.clone();
    int rest = Math.toIntExact(number);
    for (int i = SEGMENT_DIGITS - 1; rest > 0; i--) {
      name[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  public ObjectType type() {
    String name = value.substring(value.lastIndexOf('/') + 1);
    if (name.endsWith(".m3u8")) {
      return ObjectType.MANIFEST;
    }
    if (name.startsWith("init") && name.endsWith(".mp4")) {
      return ObjectType.INIT;
    }
    if (name.endsWith(".m4s")) {
      return name.indexOf('.') == name.lastIndexOf('.') ? ObjectType.SEGMENT : ObjectType.PART;
    }
    return name.endsWith(".json") ? ObjectType.METADATA : ObjectType.SOURCE;
  }

  /** The media type of the object: hls-checklist rule 35. */
  public String contentType() {
    return switch (type()) {
      case MANIFEST -> "application/vnd.apple.mpegurl";
      case INIT -> "video/mp4";
      case SEGMENT, PART -> "video/iso.segment";
      case METADATA -> "application/json";
      case SOURCE -> "application/octet-stream";
    };
  }

  @Override
  public int compareTo(ObjectKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
