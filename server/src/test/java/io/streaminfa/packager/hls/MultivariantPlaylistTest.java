package io.streaminfa.packager.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.hls.MultivariantPlaylist.AudioRendition;
import io.streaminfa.packager.hls.MultivariantPlaylist.Variant;
import io.streaminfa.units.Resolution;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MultivariantPlaylistTest {
  private static final String TEXT =
      """
      #EXTM3U
      #EXT-X-VERSION:7
      #EXT-X-INDEPENDENT-SEGMENTS
      #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio_96k",NAME="audio",DEFAULT=YES,AUTOSELECT=YES,\
      CHANNELS="2",URI="audio_96k/media.m3u8"
      #EXT-X-STREAM-INF:BANDWIDTH=1200000,AVERAGE-BANDWIDTH=1100000,\
      CODECS="avc1.4d401e,mp4a.40.2",RESOLUTION=854x480,FRAME-RATE=29.970,AUDIO="audio_96k"
      low/media.m3u8
      #EXT-X-STREAM-INF:BANDWIDTH=100000,AVERAGE-BANDWIDTH=96000,CODECS="mp4a.40.2"
      audio_96k/media.m3u8
      """;

  private static final MultivariantPlaylist PLAYLIST =
      new MultivariantPlaylist(
          7,
          true,
          List.of(new AudioRendition("audio_96k", "audio", 2, "audio_96k/media.m3u8")),
          List.of(
              new Variant(
                  "low/media.m3u8",
                  1_200_000,
                  1_100_000,
                  "avc1.4d401e,mp4a.40.2",
                  Optional.of(new Resolution(854, 480)),
                  OptionalInt.of(29_970),
                  Optional.of("audio_96k")),
              new Variant(
                  "audio_96k/media.m3u8",
                  100_000,
                  96_000,
                  "mp4a.40.2",
                  Optional.empty(),
                  OptionalInt.empty(),
                  Optional.empty())));

  @Test
  void renders() {
    assertThat(PLAYLIST.render()).isEqualTo(TEXT);
  }

  @Test
  void parses() throws Exception {
    assertThat(MultivariantPlaylist.parse(TEXT)).isEqualTo(PLAYLIST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "playlist_header | x",
        "playlist_missing_tag | #EXTM3U~",
        "playlist_unknown_tag | #EXTM3U~#EXT-X-SESSION-KEY:METHOD=NONE~",
        "playlist_unknown_tag | #EXTM3U~#EXT-X-MEDIA:TYPE=VIDEO,NAME=\"a\"~",
        "playlist_attribute | #EXTM3U~#EXT-X-MEDIA:TYPE=AUDIO,DEFAULT=NO,AUTOSELECT=YES~",
        "playlist_attribute | #EXTM3U~#EXT-X-MEDIA:TYPE=AUDIO,DEFAULT=MAYBE~",
        "playlist_attribute | #EXTM3U~#EXT-X-STREAM-INF:BANDWIDTH=1,BANDWIDTH=1~a~",
        "playlist_attribute | #EXTM3U~#EXT-X-STREAM-INF:BANDWIDTH=1,~a~",
        "playlist_attribute | #EXTM3U~#EXT-X-STREAM-INF:CODECS=\"a\"~a~",
        "playlist_truncated | #EXTM3U~#EXT-X-STREAM-INF:BANDWIDTH=1~",
        "playlist_stream_inf | #EXTM3U~#EXT-X-STREAM-INF:BANDWIDTH=1~#EXT-X-VERSION:7~",
        "playlist_stream_inf | #EXTM3U~a~",
      })
  void refuses(String code, String text) {
    assertThatThrownBy(() -> MultivariantPlaylist.parse(text.replace('~', '\n')))
        .isInstanceOfSatisfying(
            MediaFormatException.class, e -> assertThat(e.defectCode()).isEqualTo(code));
  }

  @Test
  void whateverParsesRendersToSomethingThatParsesToTheSame() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(TEXT);
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        text.setCharAt(random.nextInt(text.length()), (char) (10 + random.nextInt(90)));
      }
      try {
        MultivariantPlaylist playlist = MultivariantPlaylist.parse(text.toString());
        assertThat(MultivariantPlaylist.parse(playlist.render())).isEqualTo(playlist);
      } catch (MediaFormatException e) {
        assertThat(e.defectCode()).startsWith("playlist_");
      }
    }
  }
}
