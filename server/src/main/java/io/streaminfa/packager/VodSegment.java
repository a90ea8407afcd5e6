package io.streaminfa.packager;

/**
 * A stored media segment of a file's rendition.
 *
 * @param number media sequence number
 * @param durationMicros at least 1
 * @param sizeBytes at least 1
 */
public record VodSegment(String rendition, long number, long durationMicros, int sizeBytes) {}
