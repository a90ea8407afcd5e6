package io.streaminfa.packager;

import java.nio.ByteBuffer;

/**
 * A playlist as players see it at one moment; immutable.
 *
 * @param text UTF-8
 * @param gzip the same, gzip-encoded
 * @param etag strong, without quotes
 * @param isFinal whether it will never change again: it may be cached for long
 */
public record PublishedPlaylist(ByteBuffer text, ByteBuffer gzip, String etag, boolean isFinal) {}
