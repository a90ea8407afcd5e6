package io.streaminfa.e2e;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.DirectoryServer;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.SourceFilm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judges are judged: good HLS of ffmpeg passes, and what is wrong on purpose does not. */
final class RecordingAssertTest {
  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 4_000);

  @TempDir private Path directory;

  @Test
  void aGoodLadderPassesEveryRule() throws Exception {
    ladder("-g 30 -keyint_min 30 -sc_threshold 0");
    try (DirectoryServer server = new DirectoryServer(directory)) {
      Recording recording = read(server);
      assertThat(recording.sizes()).containsExactly("640x360", "320x180");
      RecordingAssert.assertRungsLineUp(recording, SPEC);
      for (Recording.Rung rung : recording.rungs()) {
        DecodedRendition decoded = recording.decode(rung);
        RecordingAssert.assertFrames(rung.size(), decoded.frames(), 0, SPEC.frames());
        RecordingAssert.assertFrameTimes(rung.size(), decoded.frames(), SPEC, 0.0025);
        RecordingAssert.assertInSync(rung.size(), decoded, 4);
      }
    }
  }

  @Test
  void keyFramesThatDoNotLineUpAreFound() throws Exception {
    ladder("-g:v:0 30 -g:v:1 15 -sc_threshold 0");
    try (DirectoryServer server = new DirectoryServer(directory)) {
      Recording recording = read(server);
      assertThatThrownBy(() -> RecordingAssert.assertRungsLineUp(recording, SPEC))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("key frames");
    }
  }

  @Test
  void stretchesOfDifferentSizesAreDecodedOneByOne() throws Exception {
    stretch("a", FilmSpec.of(320, 180, 1_000));
    stretch("b", FilmSpec.of(640, 360, 1_000));
    Files.writeString(
        directory.resolve("master.m3u8"),
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=320x180\nall.m3u8\n");
    Files.writeString(
        directory.resolve("all.m3u8"),
        """
        #EXTM3U
        #EXT-X-TARGETDURATION:1
        #EXT-X-MAP:URI="a_init.mp4"
        #EXTINF:1,
        a_0.m4s
        #EXT-X-DISCONTINUITY
        #EXT-X-MAP:URI="b_init.mp4"
        #EXTINF:1,
        b_0.m4s
        #EXT-X-ENDLIST
        """);
    try (DirectoryServer server = new DirectoryServer(directory)) {
      Recording recording = read(server);
      assertThat(recording.decodeStretches(recording.rungs().getFirst()))
          .hasSize(2)
          .allSatisfy(
              stretch -> RecordingAssert.assertFrames("a stretch", stretch.frames(), 0, 30));
    }
  }

  private void ladder(String keyFrames) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            words(
                "-i {} -filter_complex {} -map 0:v -map [small] -map 0:a",
                SourceFilm.make(SPEC).flv(),
                "[0:v]scale=320:180[small]"));
    command.addAll(
        words("-fps_mode passthrough -c:v libx264 -preset ultrafast -bf 2 -c:a copy " + keyFrames));
    command.addAll(
        words(
            "-f hls -hls_time 1 -hls_segment_type fmp4 -hls_playlist_type vod"
                + " -master_pl_name master.m3u8 -var_stream_map {}"
                + " -hls_fmp4_init_filename init_%v.mp4 -hls_segment_filename {} {}",
            "v:0,agroup:sound v:1,agroup:sound a:0,agroup:sound",
            directory.resolve("%v_%03d.m4s"),
            directory.resolve("%v.m3u8")));
    FfmpegExecutable.load().run(Duration.ofSeconds(60), command);
  }

  private void stretch(String name, FilmSpec spec) throws Exception {
    FfmpegExecutable.load()
        .run(
            Duration.ofSeconds(30),
            words(
                "-i {} -c copy -an -f hls -hls_time 9 -hls_segment_type fmp4"
                    + " -hls_fmp4_init_filename {} -hls_segment_filename {} {}",
                SourceFilm.make(spec).flv(),
                name + "_init.mp4",
                directory.resolve(name + "_%d.m4s"),
                directory.resolve(name + ".m3u8")));
  }

  private static Recording read(DirectoryServer server) throws Exception {
    return Recording.read(
        new ApiClient.LiveStream("", "", "", server.uri("master.m3u8"), server.uri("watch")));
  }
}
