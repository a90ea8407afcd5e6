package io.streaminfa.delivery;

import java.time.Duration;

/** The {@code [cache]} section. */
public record CacheSettings(
    boolean enabled, long maxSizeBytes, Duration ttl, Duration segmentTtl) {}
