package io.streaminfa.delivery;

import io.streaminfa.packager.PublishedPlaylist;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectKey.ObjectType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * An object ready to be sent, in each encoding that it is offered in.
 *
 * @param isFinal whether it will never change
 * @param gzip of playlists only: media does not compress
 */
record ServedObject(
    ObjectKey key, boolean isFinal, Representation identity, Optional<Representation> gzip) {
  /** What the bookkeeping of one cache entry costs, about. */
  private static final int OVERHEAD_BYTES = 512;

  private static final int HASH_BYTES = 16;

  /**
   * @param etag quoted, strong
   */
  record Representation(SharedBytes bytes, String etag) {
    /**
     * @param tag of the resource, without quotes
     */
    static Representation identity(ByteBuffer bytes, String tag) {
      return new Representation(SharedBytes.of(bytes), identityTag(tag));
    }

    /** RFC 9110, 8.8.3.3: encodings of one resource have different strong entity tags. */
    static Representation gzip(ByteBuffer compressed, String tag) {
      return new Representation(SharedBytes.of(compressed), '"' + tag + "-gzip\"");
    }
  }

  /** An object whose entity tag is made from its bytes, so that it is the same from any source. */
  static ServedObject of(ObjectKey key, boolean isFinal, ByteBuffer data) {
    return of(key, isFinal, data, hash(data));
  }

  /**
   * @param tag without quotes
   */
  static ServedObject of(ObjectKey key, boolean isFinal, ByteBuffer data, String tag) {
    Optional<ByteBuffer> gzip =
        key.type() == ObjectType.MANIFEST ? Optional.of(compressed(data)) : Optional.empty();
    return new ServedObject(
        key,
        isFinal,
        Representation.identity(data, tag),
        gzip.map(bytes -> Representation.gzip(bytes, tag)));
  }

  static ServedObject of(ObjectKey key, PublishedPlaylist playlist) {
    return new ServedObject(
        key,
        playlist.isFinal(),
        Representation.identity(playlist.text(), playlist.etag()),
        Optional.of(Representation.gzip(playlist.gzip(), playlist.etag())));
  }

  static String identityTag(String tag) {
    return '"' + tag + '"';
  }

  int weightBytes() {
    int gzipBytes = gzip.map(body -> body.bytes().length()).orElse(0);
    return identity.bytes().length() + gzipBytes + OVERHEAD_BYTES;
  }

  /** Strong enough that equal means the same bytes; {@code [A-Za-z0-9_-]}. */
  static String hash(ByteBuffer data) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(data.duplicate());
      byte[] head = Arrays.copyOf(sha256.digest(), HASH_BYTES);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(head);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static ByteBuffer compressed(ByteBuffer data) {
    byte[] plain = new byte[data.remaining()];
    data.get(data.position(), plain);
    ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }
}
