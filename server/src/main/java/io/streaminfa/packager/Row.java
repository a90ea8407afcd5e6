package io.streaminfa.packager;

import java.util.Map;

/**
 * A row on its way to the store.
 *
 * @param number media sequence number, the same in every rendition
 * @param discontinuity whether EXT-X-DISCONTINUITY stands before it
 * @param dateMicros wall clock of its start, since 1970
 * @param durationMicros of the gap in a rendition that has no segment
 * @param dateOffsetMicros what to add to a moment on the timeline to get its wall clock
 * @param segments by rendition name
 */
record Row(
    long number,
    boolean discontinuity,
    long dateMicros,
    long durationMicros,
    long dateOffsetMicros,
    EpochTracks tracks,
    Map<String, CutSegment> segments) {}
