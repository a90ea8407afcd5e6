package io.streaminfa.transcode.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.transcode.MadeFile;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.units.Timescale;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileProbeTest {
  static final ProbeLimits LIMITS =
      new ProbeLimits(
          List.of("h264", "hevc", "vp9", "mpeg4", "mpeg2", "prores"),
          List.of("aac", "mp3", "opus", "flac", "ac3", "pcm"),
          Duration.ofSeconds(60),
          1000);

  @TempDir static Path directory;

  @BeforeAll
  static void loadFfmpeg() {
    Native.load();
    avutil.av_log_set_level(avutil.AV_LOG_QUIET);
  }

  private static MediaProbe probe(Path file) throws Exception {
    return new FileProbe(LIMITS, new Vitals()).probe(file.toString());
  }

  private static TranscodeFailure refusal(Path file, ProbeLimits limits) {
    TranscodeFailure[] failure = new TranscodeFailure[1];
    assertThatThrownBy(() -> new FileProbe(limits, new Vitals()).probe(file.toString()))
        .isInstanceOfSatisfying(WorkerFailure.class, e -> failure[0] = e.toFailure());
    return failure[0];
  }

  private static String summary(MediaProbe probe) {
    MediaProbe.Video video = probe.video();
    return "%s %s %s %d %s%s %dbit %s | %s | %.1f"
        .formatted(
            video.codec(),
            video.codedSize(),
            video.displaySize(),
            video.rotationDegrees(),
            video.frameRate(),
            video.interlaced() ? "i" : "p",
            video.bitDepth(),
            video.colour().range(),
            probe
                .audio()
                .map(audio -> audio.codec() + " " + audio.sampleRate() + " " + audio.layout())
                .orElse("none"),
            Timescale.VIDEO.toSeconds(probe.durationTicks()));
  }

  private static final String TONE = "-f lavfi -i sine=1000:duration=2 ";
  private static final String X264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p ";
  private static final String X265 = "-c:v libx265 -preset ultrafast -x265-params log-level=error";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.mp4; 30000/1001; TONE X264 -c:a aac -ac 6; h264 320x180 320x180 0 29.970p 8bit SDR | aac"
            + " 44100 5.1 | 2.0",
        "b.mkv; 30000/1001; TONE X264 -c:a flac; h264 320x180 320x180 0 29.970p 8bit SDR | flac"
            + " 44100 mono | 2.0",
        "c.webm; 25; TONE -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -ac 2; vp9"
            + " 320x180 320x180 0 25.000p 8bit SDR | opus 48000 stereo | 2.0",
        "d.ts; 25; TONE -c:v mpeg2video -c:a mp2; audio_codec_not_allowed",
        "e.ts; 50; TONE X264 -vf tinterlace=interleave_top,fieldorder=tff -flags +ilme+ildct -c:a"
            + " ac3 -ac 2; h264 320x180 320x180 0 25.000i 8bit SDR | ac3 44100 stereo | 2.0",
        "f.flv; 24; TONE X264 -c:a libmp3lame -ac 2; h264 320x180 320x180 0 24.000p 8bit SDR | mp3"
            + " 44100 stereo | 2.0",
        "g.avi; 25; TONE -c:v mpeg4 -bf 2 -c:a pcm_s16le; mpeg4 320x180 320x180 0 25.000p 8bit SDR"
            + " | pcm 44100 mono | 2.0",
        "h.mpg; 25; TONE -c:v mpeg2video -aspect 4:3 -c:a libmp3lame; mpeg2 320x180 240x180 0"
            + " 25.000p 8bit SDR | mp3 44100 mono | 2.0",
        "i.mov; 24; -c:v prores_ks; prores 320x180 320x180 0 24.000p 10bit SDR | none | 2.0",
        "j.mp4; 60; X264 -pix_fmt yuv444p; h264 320x180 320x180 0 60.000p 8bit SDR | none | 2.0",
        "k.mp4; 25; X265:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc -pix_fmt"
            + " yuv420p10le; hevc 320x180 320x180 0 25.000p 10bit PQ | none | 2.0",
        "l.mp4; 25; X265:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc -pix_fmt"
            + " yuv422p10le; hevc 320x180 320x180 0 25.000p 10bit HLG | none | 2.0",
        "m.mkv; 120; X264 -vf setsar=4/3; h264 320x180 427x180 0 120.000p 8bit SDR | none | 2.0",
      })
  void saysWhatAFileIs(String name, String rate, String options, String expected) throws Exception {
    String arguments =
        "-f lavfi -i testsrc2=size=320x180:rate=%s:duration=2 ".formatted(rate)
            + options.replace("TONE ", TONE).replace("X264", X264).replace("X265", X265);
    Path file = MadeFile.make(directory, name, arguments);
    if (expected.contains(" ")) {
      assertThat(summary(probe(file))).isEqualTo(expected);
    } else {
      assertThat(refusal(file, LIMITS).code()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"90, 270, 180x320", "180, 180, 320x180", "270, 90, 180x320"})
  void aTurnedPhoneIsTurned(String counterclockwise, int clockwise, String display)
      throws Exception {
    Path upright = MadeFile.video(directory, "upright.mp4", "320x180", "25", 1, "");
    Path turned =
        MadeFile.make(
            directory,
            "turned.mp4",
            "-display_rotation " + counterclockwise + " -i " + upright + " -c copy");
    MediaProbe.Video video = probe(turned).video();
    assertThat(video.rotationDegrees()).isEqualTo(clockwise);
    assertThat(video.displaySize()).hasToString(display);
  }

  @Test
  void takesTheDefaultTrackAndNoCover() throws Exception {
    Path cover =
        MadeFile.make(directory, "cover.png", "-f lavfi -i testsrc2=size=64x64 -frames:v 1");
    Path file =
        MadeFile.make(
            directory,
            "many.mkv",
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=1 "
                + TONE
                + TONE
                + "-map 0 -map 1 -map 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"
                + " -c:a:0 flac -c:a:1 aac -disposition:a:0 0 -disposition:a:1 default -attach "
                + cover
                + " -metadata:s:t mimetype=image/png -t 1");
    MediaProbe probe = probe(file);
    assertThat(probe.audio().orElseThrow().codec()).isEqualTo("aac");
    assertThat(probe.video().codec()).isEqualTo("h264");
    assertThat(probe.ignoredStreams()).isEqualTo(2);
  }

  @Test
  void theTimelineBeginsAtTheFirstPicture() throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "late.mkv",
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -itsoffset 0.5 "
                + TONE
                + X264
                + "-c:a aac -output_ts_offset 3");
    MediaProbe probe = probe(file);
    assertThat(probe.audio().orElseThrow().startTicks()).isBetween(42_000L, 46_000L);
  }

  @Test
  void refusesWhatItCannotRead() throws Exception {
    byte[] random = new byte[20_000];
    new Random(1).nextBytes(random);
    Path good = MadeFile.both(directory, "good.mp4", "320x180", "25", 2, "");
    Path fast = MadeFile.both(directory, "fast.mp4", "320x180", "25", 2, "-movflags +faststart");
    Path playlist = directory.resolve("list.m3u8");
    Files.writeString(
        playlist,
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n" + good.toUri() + "\n#EXT-X-ENDLIST\n");
    assertThat(code("empty.mp4", new byte[0])).isEqualTo("empty_file");
    assertThat(code("random.mp4", random)).isEqualTo("not_a_media_file");
    assertThat(code("text.mp4", "hello\n".repeat(500).getBytes(UTF_8)))
        .isEqualTo("not_a_media_file");
    assertThat(code("cut.mp4", Arrays.copyOf(Files.readAllBytes(good), 10_000)))
        .isEqualTo("truncated_file");
    assertThat(refusal(playlist, LIMITS).code()).isEqualTo("not_a_media_file");
    assertThat(code("concat.txt", "ffconcat version 1.0\nfile good.mp4\n".getBytes(UTF_8)))
        .isEqualTo("not_a_media_file");
    assertThat(code("head.mp4", Arrays.copyOf(Files.readAllBytes(fast), 5_000)))
        .isEqualTo("truncated_file");
    assertThat(refusal(directory.resolve("none.mp4"), LIMITS).code()).isEqualTo("file_unreadable");
  }

  private static String code(String name, byte[] content) throws Exception {
    Path file = directory.resolve(name);
    Files.write(file, content);
    TranscodeFailure failure = refusal(file, LIMITS);
    assertThat(failure.sourceAtFault()).isTrue();
    return failure.code();
  }

  @Test
  void refusesWhatIsNotAllowed() throws Exception {
    Path file = MadeFile.both(directory, "allowed.mp4", "320x180", "25", 2, "");
    Path sound = MadeFile.make(directory, "sound.mp4", TONE + "-c:a aac");
    Path encrypted =
        MadeFile.make(
            directory,
            "encrypted.mp4",
            "-i "
                + file
                + " -c copy -encryption_scheme cenc-aes-ctr"
                + " -encryption_key 76a6c65c5ea762046bd749a2e632ccbb"
                + " -encryption_kid a7e61c373e219033c21091fa607bf3b8");
    assertThat(refusal(sound, LIMITS).code()).isEqualTo("no_video_stream");
    assertThat(refusal(encrypted, LIMITS).code()).isEqualTo("encrypted_media");
    assertThat(refusal(file, with(List.of("vp9"), List.of("aac"), 60, 1000)))
        .isEqualTo(new TranscodeFailure("codec_not_allowed", "found h264, allowed are vp9", true));
    assertThat(refusal(file, with(List.of("h264"), List.of(), 60, 1000)).code())
        .isEqualTo("audio_codec_not_allowed");
    assertThat(refusal(file, with(List.of("h264"), List.of("aac"), 1, 1000)).code())
        .isEqualTo("too_long");
    assertThat(refusal(file, with(List.of("h264"), List.of("aac"), 60, 319)).code())
        .isEqualTo("too_large_picture");
  }

  private static ProbeLimits with(
      List<String> video, List<String> audio, int seconds, int longEdge) {
    return new ProbeLimits(video, audio, Duration.ofSeconds(seconds), longEdge);
  }

  @Test
  void aFileThatLostItsEndIsAsLongAsItIs() throws Exception {
    Path whole = MadeFile.both(directory, "whole.mp4", "320x180", "25", 8, "-movflags +faststart");
    byte[] bytes = Files.readAllBytes(whole);
    Path half = directory.resolve("half.mp4");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(probe(half).durationTicks()).isBetween(90_000L * 2, 90_000L * 6);
  }

  @Test
  void aFileThatDoesNotSayHowLongItIsIsRead() throws Exception {
    Path whole = MadeFile.both(directory, "whole.mkv", "320x180", "25", 3, "");
    Path unsaid =
        MadeFile.make(directory, "unsaid.webm", "-i " + whole + " -c copy -f matroska -live 1");
    assertThat(probe(unsaid).durationTicks()).isBetween(269_000L, 271_000L);
  }

  @Test
  void soundThatGoesOnIsNotTheVideosLength() throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "longer.mkv",
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2"
                + " -f lavfi -i sine=1000:duration=6 "
                + X264
                + "-c:a aac");
    assertThat(probe(file).durationTicks()).isBetween(179_000L, 181_000L);
  }
}
