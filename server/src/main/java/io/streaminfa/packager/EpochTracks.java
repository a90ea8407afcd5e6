package io.streaminfa.packager;

import io.streaminfa.transcode.Rendition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the renditions of one epoch are.
 *
 * @param inits by rendition name
 */
record EpochTracks(List<Rendition> renditions, Map<String, TrackInit> inits) {
  EpochTracks {
    renditions = List.copyOf(renditions);
    inits = Map.copyOf(new LinkedHashMap<>(inits));
  }
}
