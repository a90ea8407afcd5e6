package io.streaminfa.packager;

import java.time.Duration;

/**
 * The {@code [packaging]} section.
 *
 * @param segmentDuration whole seconds, a multiple of the key frame interval
 * @param liveWindowSegments at least 3
 * @param hlsVersion the lowest EXT-X-VERSION written
 * @param recordLive the default of a stream's {@code record}
 */
public record PackagingSettings(
    Duration segmentDuration,
    int liveWindowSegments,
    int hlsVersion,
    Duration segmentRetention,
    boolean recordLive) {}
