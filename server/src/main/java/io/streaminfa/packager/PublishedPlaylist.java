package io.streaminfa.packager;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * A playlist as players see it at one moment; immutable.
 *
 * @param text UTF-8
 * @param gzip the same, gzip-encoded
 * @param etag strong, without quotes
 * @param isFinal whether it will never change again: it may be cached for long
 */
public record PublishedPlaylist(ByteBuffer text, ByteBuffer gzip, String etag, boolean isFinal) {
  private static final int ETAG_BYTES = 16;

  /** Encodes a rendered playlist; equal texts have equal etags. */
  static PublishedPlaylist of(String text, boolean isFinal) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return new PublishedPlaylist(
        ByteBuffer.wrap(utf8).asReadOnlyBuffer(),
        ByteBuffer.wrap(gzip(utf8)).asReadOnlyBuffer(),
        etag(utf8),
        isFinal);
  }

  private static byte[] gzip(byte[] utf8) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(utf8.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(utf8);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return out.toByteArray();
  }

  private static String etag(byte[] utf8) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(utf8);
      return HexFormat.of().formatHex(digest, 0, ETAG_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
