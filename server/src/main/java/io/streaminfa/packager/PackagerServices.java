package io.streaminfa.packager;

import io.streaminfa.storage.ObjectStore;
import java.time.Clock;

/**
 * What the packagers of all streams share.
 *
 * @param clock for retention times, and for how often a growing playlist is stored
 */
public record PackagerServices(
    PackagingSettings settings,
    ObjectStore store,
    Clock clock,
    PackagerMetrics metrics,
    SegmentExpiry expiry) {}
