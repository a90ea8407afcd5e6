package io.streaminfa.packager;

import io.streaminfa.media.Sample;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Timescale;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One uninterrupted run of the encoders: between two of these lies a discontinuity. Samples go in,
 * rows of equally long segments come out, in order.
 */
final class Epoch {
  private final long segmentTicks;
  private final long latenessTicks;
  private final SegmentGrid grid;
  private final Map<Integer, Track> tracks = new HashMap<>();
  private final Map<String, TrackSegmenter> segmenters = new LinkedHashMap<>();
  private final List<String> videoNames = new ArrayList<>();
  private final ArrayDeque<Map<String, Optional<CutSegment>>> openRows = new ArrayDeque<>();
  private final int leadTrackId;
  private long firstOpenRow;
  private long progressTicks = Long.MIN_VALUE;

  /** A rendition's samples and where they go. */
  private record Track(Rendition rendition, TrackSegmenter segmenter) {}

  /**
   * @param sequenceNumbers the last mfhd sequence number of each rendition that had one
   * @param segmentTicks on {@link Timescale#VIDEO}
   */
  Epoch(List<Rendition> renditions, Map<String, Long> sequenceNumbers, long segmentTicks) {
    this.segmentTicks = segmentTicks;
    latenessTicks = segmentTicks;
    grid = new SegmentGrid(segmentTicks, latenessTicks);
    for (Rendition rendition : renditions) {
      String name = rendition.name();
      RowAnswers answers = (row, segment) -> answer(name, row, segment);
      long sequenceNumber = sequenceNumbers.getOrDefault(name, 0L);
      TrackSegmenter segmenter =
          switch (rendition) {
            case Rendition.Video video -> {
              videoNames.add(name);
              yield new VideoSegmenter(video, sequenceNumber, grid, answers);
            }
            case Rendition.Audio audio -> new AudioSegmenter(audio, sequenceNumber, grid, answers);
          };
      segmenters.put(name, segmenter);
      if (tracks.put(rendition.track().id(), new Track(rendition, segmenter)) != null) {
        throw new IllegalArgumentException("two renditions with one track id: " + name);
      }
    }
    leadTrackId = videoNames.isEmpty() ? renditions.getFirst().track().id() : -1;
  }

  /**
   * Takes a sample and returns the rows that it completes, mostly none.
   *
   * @throws IllegalArgumentException when no rendition has this track
   */
  List<CutRow> add(Sample sample) {
    Track track = tracks.get(sample.trackId());
    if (track == null) {
      throw new IllegalArgumentException("no rendition has track " + sample.trackId());
    }
    long ticks = track.rendition().track().timescale().convert(sample.ptsTicks(), Timescale.VIDEO);
    progressTicks = Math.max(progressTicks, ticks);
    switch (track.rendition()) {
      case Rendition.Video video -> grid.video(ticks, sample.sync());
      case Rendition.Audio audio when sample.trackId() == leadTrackId -> grid.video(ticks, true);
      case Rendition.Audio audio -> grid.elapsed(ticks);
    }
    track.segmenter().add(sample);
    List<CutRow> rows = completeRows();
    while (oldestRowIsLate()) {
      giveUpOldestRow();
      rows = new ArrayList<>(rows);
      rows.addAll(completeRows());
    }
    return rows;
  }

  /** A row waits for its slowest track only so long, or one silent track would stop the stream. */
  private boolean oldestRowIsLate() {
    return grid.boundary(firstOpenRow + 1)
        .map(end -> progressTicks >= end.ticks() + latenessTicks)
        .orElse(false);
  }

  private void giveUpOldestRow() {
    for (TrackSegmenter segmenter : segmenters.values()) {
      segmenter.settle();
      if (segmenter.row() <= firstOpenRow) {
        segmenter.giveUpRow();
      }
    }
  }

  /** No sample will come any more: returns all that is left, the last row short. */
  List<CutRow> end() {
    grid.end(progressTicks);
    long lastRow = grid.decided() - 1;
    if (lastRow < 0) {
      return List.of();
    }
    segmenters.values().forEach(segmenter -> segmenter.end(lastRow));
    List<CutRow> rows = new ArrayList<>(completeRows());
    if (!rows.isEmpty() && isUneven(rows.getLast())) {
      rows.removeLast();
    }
    return rows;
  }

  /**
   * The encoders died, some further than others: keeps what every rendition has up to the last sync
   * sample that all of them have, so that another encoder can go on from there with no picture lost
   * and none doubled.
   */
  BrokenOff breakOff() {
    Optional<SegmentGrid.Boundary> start = grid.boundary(firstOpenRow);
    if (start.isEmpty()) {
      return new BrokenOff(List.of(), OptionalLong.empty());
    }
    long startTicks = start.get().ticks();
    long commonTicks = lastCommonSyncTicks(startTicks);
    if (commonTicks <= startTicks + SegmentGrid.SAME_PICTURE_TICKS) {
      return new BrokenOff(List.of(), OptionalLong.of(startTicks));
    }
    grid.truncate(firstOpenRow, commonTicks);
    for (TrackSegmenter segmenter : segmenters.values()) {
      if (segmenter.row() == firstOpenRow) {
        segmenter.breakOff();
      }
    }
    return new BrokenOff(completeRows(), OptionalLong.of(commonTicks));
  }

  /**
   * @param rows that were saved
   * @param resumeTicks where the next epoch begins, on {@link Timescale#VIDEO}; empty when this one
   *     had no picture yet
   */
  record BrokenOff(List<CutRow> rows, OptionalLong resumeTicks) {}

  /**
   * A rendition that has closed the open row already cannot be cut inside it any more, and audio
   * that has not come this far would be missing.
   */
  private long lastCommonSyncTicks(long startTicks) {
    long common = Long.MAX_VALUE;
    for (TrackSegmenter segmenter : segmenters.values()) {
      if (segmenter.row() > firstOpenRow) {
        return startTicks;
      }
      if (segmenter instanceof VideoSegmenter video) {
        common = Math.min(common, video.lastSyncTicks().orElse(startTicks));
      }
    }
    boolean audioLags = false;
    for (TrackSegmenter segmenter : segmenters.values()) {
      audioLags |= segmenter instanceof AudioSegmenter audio && !audio.reaches(common);
    }
    return common == Long.MAX_VALUE || audioLags ? startTicks : common;
  }

  /** When encoders are cut off, some renditions are a few pictures ahead of the others. */
  private boolean isUneven(CutRow row) {
    long withVideo = videoNames.stream().filter(row.segments()::containsKey).count();
    return row.segments().isEmpty() || (withVideo > 0 && withVideo < videoNames.size());
  }

  private void answer(String rendition, long row, Optional<CutSegment> segment) {
    while (openRows.size() <= row - firstOpenRow) {
      openRows.addLast(new LinkedHashMap<>());
    }
    long index = row - firstOpenRow;
    for (Map<String, Optional<CutSegment>> open : openRows) {
      if (index-- == 0) {
        open.put(rendition, segment.filter(this::fitsTargetDuration));
        return;
      }
    }
  }

  /** Rule 1: round(EXTINF) <= EXT-X-TARGETDURATION, or it is not listed as media. */
  private boolean fitsTargetDuration(CutSegment segment) {
    long micros = segment.durationMicros();
    return micros > 0 && micros < CutSegment.micros(Timescale.VIDEO, segmentTicks) + 500_000;
  }

  private List<CutRow> completeRows() {
    List<CutRow> rows = List.of();
    while (!openRows.isEmpty() && openRows.getFirst().size() == segmenters.size()) {
      if (rows.isEmpty()) {
        rows = new ArrayList<>();
      }
      rows.add(row(openRows.removeFirst()));
      firstOpenRow++;
      grid.forgetBefore(firstOpenRow);
    }
    return rows;
  }

  private CutRow row(Map<String, Optional<CutSegment>> answers) {
    Map<String, CutSegment> segments = new LinkedHashMap<>();
    answers.forEach((name, answer) -> answer.ifPresent(segment -> segments.put(name, segment)));
    long startTicks = grid.boundary(firstOpenRow).orElseThrow().ticks();
    long endTicks =
        grid.boundary(firstOpenRow + 1)
            .map(SegmentGrid.Boundary::ticks)
            .orElseGet(() -> Math.max(startTicks + 1, lastEndTicks(segments)));
    return new CutRow(startTicks, endTicks, segments);
  }

  /** Where the epoch's last row ends: with its video, or with its audio where there is none. */
  private long lastEndTicks(Map<String, CutSegment> segments) {
    long videoTicks = Long.MIN_VALUE;
    long audioTicks = Long.MIN_VALUE;
    for (Map.Entry<String, CutSegment> entry : segments.entrySet()) {
      CutSegment segment = entry.getValue();
      long ticks = segment.timescale().convert(segment.endTicks(), Timescale.VIDEO);
      if (videoNames.contains(entry.getKey())) {
        videoTicks = Math.max(videoTicks, ticks);
      } else {
        audioTicks = Math.max(audioTicks, ticks);
      }
    }
    return videoTicks == Long.MIN_VALUE ? audioTicks : videoTicks;
  }

  /** The last mfhd sequence number of each rendition, for the next epoch. */
  Map<String, Long> sequenceNumbers() {
    Map<String, Long> numbers = new HashMap<>();
    segmenters.forEach((name, segmenter) -> numbers.put(name, segmenter.lastSequenceNumber()));
    return numbers;
  }
}
