package io.streaminfa.stress;

import io.streaminfa.packager.ListedRow;
import io.streaminfa.packager.LiveWindow;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.packager.StreamPlaylists;
import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.packager.hls.MediaSegment;
import io.streaminfa.storage.ObjectKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Live media playlists out of windows that slide by one segment each. */
final class PlaylistGeneration implements Scenario {
  /** Windows made before; then they come again. */
  private static final int WINDOWS = 100;

  private static final int FIRST = 4200;

  private final int segments;
  private final StreamPlaylists playlists;
  private final List<LiveWindow> windows = new ArrayList<>();
  private final String[] texts;

  PlaylistGeneration(int count, int segments) {
    this.segments = segments;
    texts = new String[count];
    playlists =
        new StreamPlaylists(
            new PackagingSettings(
                Duration.ofSeconds(Rows.SEGMENT_SECONDS), segments, 7, Duration.ofHours(1), true));
    List<ListedRow> rows = new ArrayList<>();
    for (int number = FIRST; windows.size() < WINDOWS; number++) {
      rows.add(Rows.row(number));
      if (rows.size() == segments) {
        windows.add(new LiveWindow(0, rows));
        rows.removeFirst();
      }
    }
  }

  @Override
  public String operation() {
    return "a live playlist of " + segments + " segments made of its window";
  }

  @Override
  public Figures round() throws Exception {
    Arrays.fill(texts, "");
    Figures figures = new Crowd().measured(texts.length, this::render).run();
    for (int i = 0; i < texts.length; i++) {
      check(texts[i], i % WINDOWS, i < WINDOWS);
    }
    return figures;
  }

  private void render(Laps laps) {
    for (int i = 0; i < texts.length; i++) {
      texts[i] = playlists.live(windows.get(i % WINDOWS), Rows.RENDITION, false).render();
      laps.lap();
    }
  }

  private void check(String text, int window, boolean isFirstOfWindow) throws Exception {
    if (!isFirstOfWindow) {
      WrongResult.unless(text.equals(texts[window]), "equal windows have different playlists");
      return;
    }
    MediaPlaylist read = MediaPlaylist.parse(text);
    WrongResult.unless(
        read.mediaSequence() == FIRST + window && read.segments().size() == segments,
        "a playlist begins with segment " + read.mediaSequence());
    long number = (long) FIRST + window;
    for (MediaSegment segment : read.segments()) {
      WrongResult.unless(
          segment.uri().equals(ObjectKey.segmentName(number))
              && segment.durationMicros() == Rows.DURATION_MICROS
              && segment.programDateTime().orElseThrow().toEpochMilli()
                  == Rows.row(number).dateMicros() / 1000,
          "a playlist has another segment than " + number);
      number++;
    }
  }

  @Override
  public void close() {
    windows.clear();
  }
}
