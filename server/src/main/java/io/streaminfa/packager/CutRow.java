package io.streaminfa.packager;

import java.util.Map;

/**
 * The segments of all renditions between two boundaries.
 *
 * @param startTicks on {@link io.streaminfa.units.Timescale#VIDEO}
 * @param endTicks where a rendition without a segment has its gap end
 * @param segments by rendition name; one that is not there is a gap
 */
record CutRow(long startTicks, long endTicks, Map<String, CutSegment> segments) {}
