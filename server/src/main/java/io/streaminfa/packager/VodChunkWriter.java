package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.Rendition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the segments of one chunk of a file, and stores each as soon as it is complete. Of one
 * thread.
 */
public final class VodChunkWriter {
  private final VodPackager packager;
  private final Map<Integer, VodTrackCutter> cutters = new HashMap<>();
  private final Map<Integer, Rendition> renditions = new HashMap<>();
  private final List<VodSegment> stored = new ArrayList<>();

  VodChunkWriter(VodPackager packager, List<Rendition> renditions, VodGrid grid) {
    this.packager = packager;
    for (Rendition rendition : renditions) {
      int trackId = rendition.track().id();
      this.renditions.put(trackId, rendition);
      cutters.put(trackId, new VodTrackCutter(rendition, grid, this::store));
    }
  }

  /**
   * Takes one encoded access unit, each track in decoding order.
   *
   * @throws IllegalArgumentException when no rendition of this chunk has its track
   */
  public void write(Sample sample) throws StorageException, InterruptedException {
    VodTrackCutter cutter = cutters.get(sample.trackId());
    if (cutter == null) {
      throw new IllegalArgumentException("no rendition has track " + sample.trackId());
    }
    cutter.add(sample);
  }

  /**
   * The chunk is complete.
   *
   * @param endTicks where its last sample ends, in the timescale of the track
   * @return all its segments, for {@link VodPackager#restore} after a restart
   */
  public List<VodSegment> end(Map<Integer, Long> endTicks)
      throws StorageException, InterruptedException {
    for (Map.Entry<Integer, VodTrackCutter> cutter : cutters.entrySet()) {
      Long end = endTicks.get(cutter.getKey());
      if (end == null) {
        throw new IllegalArgumentException("no end of track " + cutter.getKey());
      }
      cutter.getValue().end(end);
    }
    packager.chunkEnded();
    return List.copyOf(stored);
  }

  private void store(String rendition, long number, CutSegment segment)
      throws StorageException, InterruptedException {
    stored.add(packager.store(rendition, number, segment));
  }
}
