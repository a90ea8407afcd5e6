package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HlsClientTest {
  @Test
  void cmafHlsOfFfmpegIsReadAsItIs(@TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 4000));
    FfmpegExecutable.load()
        .run(
            Duration.ofSeconds(60),
            words(
                "-i {} -map 0:v -map 0:a -c copy -f hls -hls_time 1 -hls_segment_type fmp4"
                    + " -hls_playlist_type vod -master_pl_name master.m3u8 -var_stream_map {}"
                    + " -hls_fmp4_init_filename init_%v.mp4 -hls_segment_filename {} {}",
                film.flv(),
                "v:0,agroup:sound a:0,agroup:sound",
                directory.resolve("%v_%03d.m4s"),
                directory.resolve("%v.m3u8")));
    try (DirectoryServer server = new DirectoryServer(directory);
        HlsClient hls = new HlsClient()) {
      HlsClient.Multivariant all = hls.multivariant(server.uri("master.m3u8"));
      HlsClient.Variant variant = all.variants().getFirst();
      assertThat(variant.width()).isEqualTo(640);
      assertThat(variant.height()).isEqualTo(360);
      URI sound = all.audioOf(variant).orElseThrow().uri();

      HlsClient.MediaPlaylist video = hls.media(variant.uri());
      assertThat(video.ended()).isTrue();
      assertThat(video.segments()).hasSize(4);
      assertThat(video.durationSeconds()).isBetween(3.9, 4.1);

      List<List<Mp4Samples.Sample>> samples = hls.samples(video);
      assertThat(samples)
          .allSatisfy(
              segment -> {
                assertThat(segment).hasSize(30);
                assertThat(segment.getFirst().sync()).isTrue();
                assertThat(segment.stream().filter(Mp4Samples.Sample::sync)).hasSize(1);
              });

      DecodedRendition decoded =
          DecodedRendition.decode(variant.uri().toString(), sound.toString());
      assertThat(decoded.numbers()).isEqualTo(IntStream.range(0, 120).boxed().toList());
      assertThat(decoded.syncs()).hasSize(4);
      assertThat(decoded.frames().getFirst().seconds())
          .isEqualTo(samples.getFirst().getFirst().shownSeconds());
    }
  }

  @Test
  void aLivePlaylistIsReadWithItsNumbersAndDiscontinuities() throws Exception {
    HlsClient.MediaPlaylist playlist =
        HlsClient.parseMedia(
            URI.create("http://host/streams/a/high/media.m3u8"),
            """
            #EXTM3U
            #EXT-X-TARGETDURATION:6
            #EXT-X-MEDIA-SEQUENCE:41
            #EXT-X-DISCONTINUITY-SEQUENCE:2
            #EXT-X-MAP:URI="init.mp4"
            #EXTINF:6.00000,
            000041.m4s
            #EXT-X-DISCONTINUITY
            #EXT-X-MAP:URI="init_1.mp4"
            #EXT-X-GAP
            #EXTINF:5.5,
            000042.m4s
            """);
    assertThat(playlist.targetDurationSeconds()).isEqualTo(6);
    assertThat(playlist.nextNumber()).isEqualTo(43);
    assertThat(playlist.discontinuitySequence()).isEqualTo(2);
    assertThat(playlist.discontinuities()).isEqualTo(1);
    assertThat(playlist.durationSeconds()).isEqualTo(11.5);
    assertThat(playlist.ended()).isFalse();
    HlsClient.Segment last = playlist.segments().getLast();
    assertThat(last.number()).isEqualTo(42);
    assertThat(last.gap()).isTrue();
    assertThat(last.map()).contains(URI.create("http://host/streams/a/high/init_1.mp4"));
    assertThat(last.uri()).isEqualTo(URI.create("http://host/streams/a/high/000042.m4s"));
  }
}
