package io.streaminfa.media;

import io.streaminfa.units.Timescale;

/**
 * One elementary stream.
 *
 * @param id unique within its {@link MediaSink}, never reused for another codec configuration
 * @param timescale the clock of its samples
 */
public record Track(int id, Timescale timescale, CodecConfig config) {}
