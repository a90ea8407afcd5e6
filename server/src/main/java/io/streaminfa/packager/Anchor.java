package io.streaminfa.packager;

import java.time.Instant;

/**
 * Ties the stream's timeline to the wall clock.
 *
 * @param timelineMillis a moment on the stream's timeline
 * @param ingestClock when the media of that moment came in
 */
public record Anchor(long timelineMillis, Instant ingestClock) {}
