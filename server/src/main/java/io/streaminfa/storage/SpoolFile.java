package io.streaminfa.storage;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * One accepted operation as a file of the spool. All that is needed to carry it out after a crash
 * is in the file's name, which appears whole or not at all; the file's bytes are the object's.
 *
 * @param sequence the place in the order of all operations
 * @param key of a {@link Kind#WIPE}: the prefix and {@link KeyPrefix#LOWEST_NAME}
 * @param sizeBytes of the object
 * @param checksum CRC-32C of the object
 */
record SpoolFile(long sequence, Kind kind, ObjectKey key, long sizeBytes, int checksum) {
  /** What is to be done to the store behind. */
  enum Kind {
    /** Store the file's bytes. */
    PUT("p"),
    /** Delete the object. */
    DELETE("d"),
    /** Delete everything below a prefix. */
    WIPE("x");

    private final String letter;

    Kind(String letter) {
      this.letter = letter;
    }

    private static Kind ofLetter(String letter) {
      for (Kind kind : values()) {
        if (kind.letter.equals(letter)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no kind of operation: " + letter);
    }
  }

  private static final Pattern NAME =
      Pattern.compile("([0-7][0-9a-f]{15})-([pdx])-([0-7]?[0-9a-f]{1,15})-([0-9a-f]{8})-(.+)");

  SpoolFile {
    ObjectKey _ = name(sequence, kind, key, sizeBytes, checksum); // a very long key has none
  }

  /** Without a place in the order yet. */
  static SpoolFile put(ObjectKey key, ByteBuffer data) {
    return new SpoolFile(0, Kind.PUT, key, data.remaining(), checksum(data));
  }

  static SpoolFile delete(ObjectKey key) {
    return new SpoolFile(0, Kind.DELETE, key, 0, 0);
  }

  static SpoolFile wipe(String prefix) {
    return new SpoolFile(0, Kind.WIPE, new ObjectKey(prefix + KeyPrefix.LOWEST_NAME), 0, 0);
  }

  SpoolFile at(long place) {
    return new SpoolFile(place, kind, key, sizeBytes, checksum);
  }

  /** The operation that a file of the spool stands for, if it is one. */
  static Optional<SpoolFile> parse(ObjectKey file) {
    int slash = file.value().lastIndexOf('/') + 1;
    Matcher name = NAME.matcher(file.value().substring(slash));
    if (!name.matches()) {
      return Optional.empty();
    }
    String key = file.value().substring(0, slash) + name.group(5);
    if (!ObjectKey.isValid(key)) {
      return Optional.empty();
    }
    return Optional.of(
        new SpoolFile(
            HexFormat.fromHexDigitsToLong(name.group(1)),
            Kind.ofLetter(name.group(2)),
            new ObjectKey(key),
            HexFormat.fromHexDigitsToLong(name.group(3)),
            HexFormat.fromHexDigits(name.group(4))));
  }

  /** Where the file is in the spool: beside the others of its directory. */
  ObjectKey file() {
    return name(sequence, kind, key, sizeBytes, checksum);
  }

  private static ObjectKey name(
      long sequence, Kind kind, ObjectKey key, long sizeBytes, int checksum) {
    String value = key.value();
    int slash = value.lastIndexOf('/') + 1;
    return new ObjectKey(
        String.format(
            Locale.ROOT,
            "%s%016x-%s-%x-%08x-%s",
            value.substring(0, slash),
            sequence,
            kind.letter,
            sizeBytes,
            checksum,
            value.substring(slash)));
  }

  /** The first part of the key. */
  String stream() {
    return key.value().substring(0, key.value().indexOf('/'));
  }

  /** What a wipe removes; ends in a slash. */
  String prefix() {
    return key.value().substring(0, key.value().lastIndexOf('/') + 1);
  }

  boolean isPut() {
    return kind == Kind.PUT;
  }

  boolean isPlaylist() {
    return isPut() && key.type() == ObjectKey.ObjectType.MANIFEST;
  }

  boolean isMultivariant() {
    return isPlaylist() && key.equals(ObjectKey.multivariantPlaylist(stream()));
  }

  ObjectStore.ObjectInfo info() {
    String etag = String.format(Locale.ROOT, "%x-%x-%08x", sequence, sizeBytes, checksum);
    return new ObjectStore.ObjectInfo(key, sizeBytes, etag);
  }

  /** Whether these are the bytes that were accepted. */
  boolean holds(ByteBuffer data) {
    return data.remaining() == sizeBytes && checksum(data) == checksum;
  }

  private static int checksum(ByteBuffer data) {
    CRC32C crc = new CRC32C();
    crc.update(data.duplicate());
    return (int) crc.getValue();
  }
}
