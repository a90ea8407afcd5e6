package io.streaminfa.packager.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class MediaPlaylistTest {
  private static final Instant NOON = Instant.parse("2026-02-28T23:59:59.999Z");
  private static final Optional<String> INIT = Optional.of("init.mp4");

  /** One row of the table that drives both directions. */
  record Case(String name, MediaPlaylist playlist, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static MediaSegment segment(String uri, long micros, Optional<Instant> date) {
    return new MediaSegment(uri, micros, false, false, date, INIT);
  }

  static Stream<Case> table() {
    return Stream.of(empty(), liveWindow(), everything());
  }

  private static Case empty() {
    return new Case(
        "empty",
        new MediaPlaylist(7, false, 6, 0, 0, Optional.empty(), List.of(), false),
        """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-DISCONTINUITY-SEQUENCE:0
        """);
  }

  private static Case liveWindow() {
    return new Case(
        "live window",
        new MediaPlaylist(
            7,
            true,
            6,
            1_000_042,
            3,
            Optional.empty(),
            List.of(
                segment("000042.m4s", 6_000_000, Optional.of(NOON)),
                segment("000043.m4s", 5_994_667, Optional.of(NOON.plusSeconds(6)))),
            false),
        """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:1000042
        #EXT-X-DISCONTINUITY-SEQUENCE:3
        #EXT-X-MAP:URI="init.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-02-28T23:59:59.999Z
        #EXTINF:6.000000,
        000042.m4s
        #EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:05.999Z
        #EXTINF:5.994667,
        000043.m4s
        """);
  }

  private static Case everything() {
    return new Case(
        "discontinuity, gap, new init segment, end",
        new MediaPlaylist(
            7,
            true,
            6,
            0,
            0,
            Optional.of(MediaPlaylist.Type.VOD),
            List.of(
                new MediaSegment("000000.m4s", 1, false, true, Optional.empty(), Optional.empty()),
                segment("000001.m4s", 999_999, Optional.empty()),
                new MediaSegment("000002.m4s", 40, false, true, Optional.empty(), INIT),
                new MediaSegment(
                    "000003.m4s",
                    12_000_000,
                    true,
                    false,
                    Optional.of(Instant.parse("2024-02-29T00:00:00Z")),
                    Optional.of("init_1.mp4"))),
            true),
        """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-TARGETDURATION:6
        #EXT-X-MEDIA-SEQUENCE:0
        #EXT-X-DISCONTINUITY-SEQUENCE:0
        #EXT-X-PLAYLIST-TYPE:VOD
        #EXTINF:0.000001,
        #EXT-X-GAP
        000000.m4s
        #EXT-X-MAP:URI="init.mp4"
        #EXTINF:0.999999,
        000001.m4s
        #EXTINF:0.000040,
        #EXT-X-GAP
        000002.m4s
        #EXT-X-DISCONTINUITY
        #EXT-X-MAP:URI="init_1.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2024-02-29T00:00:00.000Z
        #EXTINF:12.000000,
        000003.m4s
        #EXT-X-ENDLIST
        """);
  }

  @ParameterizedTest
  @MethodSource("table")
  void renders(Case row) {
    assertThat(row.playlist().render()).isEqualTo(row.text());
  }

  @ParameterizedTest
  @MethodSource("table")
  void parses(Case row) throws Exception {
    assertThat(MediaPlaylist.parse(row.text())).isEqualTo(row.playlist());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "playlist_header | hello",
        "playlist_header | #EXTM3U8~",
        "playlist_truncated | #EXTM3U~#EXT-X-VERSION:7",
        "playlist_missing_tag | #EXTM3U~",
        "playlist_missing_tag | #EXTM3U~#EXT-X-VERSION:7~#EXT-X-TARGETDURATION:6~",
        "playlist_unknown_tag | #EXTM3U~#EXT-X-KEY:METHOD=NONE~",
        "playlist_number | #EXTM3U~#EXT-X-VERSION:seven~",
        "playlist_number | #EXTM3U~#EXT-X-VERSION:-7~",
        "playlist_number | #EXTM3U~#EXT-X-MEDIA-SEQUENCE:9999999999999999999~",
        "playlist_number | #EXTM3U~#EXTINF:1.0000001,~a.m4s~",
        "playlist_number | #EXTM3U~#EXTINF:1.,~a.m4s~",
        "playlist_extinf | #EXTM3U~#EXTINF:1~a.m4s~",
        "playlist_extinf | #EXTM3U~#EXTINF:0,~a.m4s~",
        "playlist_extinf | #EXTM3U~#EXTINF:1,~#EXTINF:1,~a.m4s~",
        "playlist_extinf | #EXTM3U~a.m4s~",
        "playlist_truncated | #EXTM3U~#EXTINF:1,~",
        "playlist_truncated | #EXTM3U~#EXT-X-DISCONTINUITY~",
        "playlist_repeated_tag | #EXTM3U~#EXT-X-VERSION:7~#EXT-X-VERSION:7~",
        "playlist_repeated_tag | #EXTM3U~#EXTINF:1,~a.m4s~#EXT-X-MEDIA-SEQUENCE:1~",
        "playlist_after_end | #EXTM3U~#EXT-X-ENDLIST~#EXTINF:1,~",
        "playlist_type | #EXTM3U~#EXT-X-PLAYLIST-TYPE:LIVE~",
        "playlist_date_time | #EXTM3U~#EXT-X-PROGRAM-DATE-TIME:yesterday~",
        "playlist_attribute | #EXTM3U~#EXT-X-MAP:URI=\"a~",
        "playlist_attribute | #EXTM3U~#EXT-X-MAP:BYTERANGE=\"1@2\"~",
      })
  void refuses(String code, String text) {
    assertThatThrownBy(() -> MediaPlaylist.parse(text.replace('~', '\n')))
        .isInstanceOfSatisfying(
            MediaFormatException.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @Test
  void whateverParsesRendersToSomethingThatParsesToTheSame() {
    Random random = new Random(20260301);
    List<Case> seeds = table().toList();
    int parsed = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(seeds.get(i % seeds.size()).text());
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) (10 + random.nextInt(90)));
          case 1 -> text.deleteCharAt(at);
          case 2 -> text.insert(at, text.substring(random.nextInt(at + 1), at));
        }
      }
      try {
        MediaPlaylist playlist = MediaPlaylist.parse(text.toString());
        assertThat(MediaPlaylist.parse(playlist.render())).isEqualTo(playlist);
        parsed++;
      } catch (MediaFormatException e) {
        assertThat(e.defectCode()).startsWith("playlist_");
      }
    }
    assertThat(parsed).isPositive();
  }

  /** What repeats is copied from the segment before: dates of one day, equal durations. */
  @Test
  void manySegmentsOverManyDaysAreEachWhatTheyWere() throws Exception {
    List<MediaSegment> segments = new ArrayList<>();
    Instant at = Instant.parse("1999-12-30T23:59:00.001Z");
    for (int i = 0; i < 5000; i++) {
      long durationMicros = i % 3 == 0 ? 12_345_678 : 5_994_667 + i % 2;
      segments.add(segment("séquence-" + i + ".m4s", durationMicros, Optional.of(at)));
      at = at.plusMillis(i % 7 == 0 ? 36_000_001 : 5994);
    }
    MediaPlaylist playlist =
        new MediaPlaylist(7, true, 13, 0, 0, Optional.empty(), segments, false);
    assertThat(MediaPlaylist.parse(playlist.render())).isEqualTo(playlist);
    assertThat(playlist.render().lines().filter(line -> line.startsWith("#EXT-X-PROGRAM")))
        .hasSize(5000)
        .allMatch(
            line -> line.matches("[^:]+:\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
  }
}
