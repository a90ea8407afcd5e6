package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.MadeFile;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkTranscodeTest {
  private static final long END = Long.MAX_VALUE;
  private static final long SECOND = 90_000;

  private static final TranscodeSettings SETTINGS =
      new TranscodeSettings(
          Duration.ofSeconds(1),
          4,
          "veryfast",
          "libx264",
          List.of(rung("high", 320, 180, 400), rung("low", 160, 90, 150)));

  private static final ProbeLimits LIMITS =
      new ProbeLimits(
          List.of("h264", "hevc", "vp9", "mpeg4", "mpeg2"),
          List.of("aac", "mp3", "opus", "pcm", "flac"),
          Duration.ofHours(1),
          4096);

  @TempDir static Path directory;

  private static LadderRung rung(String name, int width, int height, int kbps) {
    return new LadderRung(
        name,
        new Resolution(width, height),
        Bitrate.ofKbps(kbps),
        Bitrate.ofKbps(96),
        "main",
        "3.0",
        "veryfast");
  }

  @BeforeAll
  static void loadFfmpeg() {
    Native.load();
    avutil.av_log_set_level(avutil.AV_LOG_QUIET);
  }

  private static VodPlan plan(Path file) throws Exception {
    MediaProbe probe = new FileProbe(LIMITS, new Vitals()).probe(file.toString());
    return VodPlan.of(probe, SETTINGS);
  }

  private static void assertJoined(EncodedChunk whole, List<EncodedChunk> chunks) {
    for (Rendition rendition : whole.renditions()) {
      int track = rendition.track().id();
      List<Long> times = new ArrayList<>();
      List<Long> decoding = new ArrayList<>();
      List<Long> sync = new ArrayList<>();
      for (EncodedChunk chunk : chunks) {
        assertThat(chunk.renditions()).isEqualTo(whole.renditions());
        times.addAll(chunk.times(track));
        decoding.addAll(chunk.decodingTimes(track));
        sync.addAll(chunk.syncTimes(track));
        assertThat(chunk.of(track).size()).isEqualTo((int) chunk.range().pictures());
        assertThat(chunk.of(track).stream().allMatch(sample -> sample.sizeBytes() > 4)).isTrue();
      }
      assertThat(times).isEqualTo(whole.times(track)).isSorted().doesNotHaveDuplicates();
      assertThat(decoding).isEqualTo(times).isEqualTo(whole.decodingTimes(track));
      assertThat(sync).isEqualTo(whole.syncTimes(track));
      assertThat(sync).isEqualTo(onGrid(times));
    }
    for (int i = 1; i < chunks.size(); i++) {
      if (chunks.get(i).range().pictures() > 0) {
        assertThat(chunks.get(i - 1).range().endTicks())
            .isEqualTo(chunks.get(i).times(1).getFirst());
      }
    }
    assertThat(chunks.getLast().range().endTicks()).isEqualTo(whole.range().endTicks());
  }

  /** The first picture at or after each second. */
  private static List<Long> onGrid(List<Long> times) {
    List<Long> grid = new ArrayList<>();
    long slot = -1;
    for (long time : times) {
      if (time / SECOND != slot) {
        slot = time / SECOND;
        grid.add(time);
      }
    }
    return grid;
  }

  private static List<EncodedChunk> split(Path file, VodPlan plan, long... seconds)
      throws Exception {
    List<EncodedChunk> chunks = new ArrayList<>();
    long start = 0;
    for (long second : seconds) {
      chunks.add(EncodedChunk.video(file, plan, start, second * SECOND));
      start = second * SECOND;
    }
    chunks.add(EncodedChunk.video(file, plan, start, END));
    return chunks;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "closed.mp4; 30000/1001; X264 -bf 3 -g 45; 120; 360360",
        "open.mkv; 25; X264 -bf 3 -g 40 -x264-params open-gop=1; 100; 360000",
        "open.ts; 30; X264 -bf 3 -g 70 -x264-params open-gop=1; 120; 360000",
        "rounded.mkv; 24000/1001; X264 -bf 2 -g 60; 96; 360360",
        "one-key.mp4; 25; X264 -bf 2 -g 1000; 100; 360000",
        "intra-refresh.ts; 25; X264 -bf 0 -x264-params intra-refresh=1:keyint=25; 100; 360000",
        "packed.avi; 25; -c:v mpeg4 -bf 2 -g 30; 100; 360000",
        "field.ts; 50; X264 -vf tinterlace=interleave_top,fieldorder=tff -flags +ilme+ildct -g 30;"
            + " 100; 360000",
        "fast.mp4; 120; X264 -bf 2 -g 100; 240; 360000",
        "flash.flv; 30000/1001; X264 -bf 2 -g 45; 120; 360360",
        "web.webm; 25; -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 40; 100; 360000",
        "program.mpg; 25; -c:v mpeg2video -bf 2 -g 15; 100; 360000",
        "hevc.mp4; 25; -c:v libx265 -preset ultrafast -x265-params"
            + " log-level=error:keyint=40:bframes=3; 100; 360000",
      })
  void chunksJoinToTheWhole(String name, String rate, String options, long pictures, long endTicks)
      throws Exception {
    Path file =
        MadeFile.make(
            directory,
            name,
            "-f lavfi -i testsrc2=size=320x180:rate=%s:duration=4 %s"
                .formatted(
                    rate,
                    options.replace("X264", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p")));
    VodPlan plan = plan(file);
    EncodedChunk whole = EncodedChunk.video(file, plan, 0, END);
    assertThat(whole.times(1).getFirst()).isZero();
    assertThat(whole.range().pictures()).isEqualTo(pictures);
    assertThat(whole.range().endTicks()).isCloseTo(endTicks, within(100L));
    assertJoined(whole, split(file, plan, 1, 3));
  }

  @Test
  void aPauseIsFilledAlikeInEveryChunk() throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "pause.mkv",
            "-f lavfi -i testsrc2=size=320x180:rate=25:duration=4"
                + " -vf setpts='if(lt(N,30),N,N+90)/25/TB'"
                + " -fps_mode vfr -c:v libx264 -preset ultrafast -g 25 -bf 2");
    VodPlan plan = plan(file);
    EncodedChunk whole = EncodedChunk.video(file, plan, 0, END);
    assertThat(whole.times(1)).contains(135_000L, 180_000L, 225_000L, 270_000L, 315_000L);
    assertThat(whole.syncTimes(1))
        .isEqualTo(LongStream.range(0, 8).map(second -> second * SECOND).boxed().toList());
    assertJoined(whole, split(file, plan, 1, 2, 3, 4, 5, 6));
  }

  @Test
  void picturesAtVaryingTimesKeepThem() throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "vfr.mp4",
            "-f lavfi -i testsrc2=size=320x180:rate=30:duration=6"
                + " -vf select='not(eq(mod(n,7),3))+gt(mod(n,50),40)' -fps_mode vfr"
                + " -c:v libx264 -preset ultrafast -g 45 -bf 2");
    VodPlan plan = plan(file);
    EncodedChunk whole = EncodedChunk.video(file, plan, 0, END);
    assertThat(whole.range().pictures()).isGreaterThan(150);
    assertThat(whole.times(1)).allMatch(time -> time % 3000 == 0);
    assertJoined(whole, split(file, plan, 2, 3, 5));
  }

  @Test
  void anEditListMovesTheBeginning() throws Exception {
    Path long8 = MadeFile.both(directory, "long.mp4", "320x180", "25", 8, "-g 100");
    Path cut = MadeFile.make(directory, "cut.mp4", "-ss 1.5 -i " + long8 + " -c copy");
    VodPlan plan = plan(cut);
    EncodedChunk whole = EncodedChunk.video(cut, plan, 0, END);
    assertThat(whole.times(1).getFirst()).isZero();
    assertThat(whole.range().endTicks()).isBetween(6 * SECOND, 7 * SECOND);
    assertJoined(whole, split(cut, plan, 1, 4));
  }

  @Test
  void damageIsSkippedAndCounted() throws Exception {
    Path good = MadeFile.video(directory, "good.ts", "320x180", "25", 6, "");
    byte[] bytes = Files.readAllBytes(good);
    for (int i = bytes.length / 3; i < bytes.length / 2; i += 211) {
      bytes[i] ^= 0x5a;
    }
    Path damaged = directory.resolve("damaged.ts");
    Files.write(damaged, bytes);
    VodPlan plan = plan(damaged);
    EncodedChunk whole = EncodedChunk.video(damaged, plan, 0, END);
    assertThat(whole.range().pictures()).isBetween(75L, 170L);
    assertThat(whole.syncTimes(1)).isEqualTo(onGrid(whole.times(1)));
  }

  @Test
  void aChunkBehindTheEndIsEmpty() throws Exception {
    Path file = MadeFile.video(directory, "short.mp4", "320x180", "25", 2, "");
    VodPlan plan = plan(file);
    EncodedChunk behind = EncodedChunk.video(file, plan, 5 * SECOND, END);
    assertThat(behind.range().pictures()).isZero();
    assertThat(behind.range().endTicks()).isEqualTo(2 * SECOND);
    assertThat(behind.samples()).isEmpty();
    assertThat(behind.renditions()).hasSize(2);
  }

  @Test
  void theRateControlRunsOnOverTheBorder() throws Exception {
    Path file = MadeFile.video(directory, "rate.mp4", "320x180", "25", 8, "");
    VodPlan plan = plan(file);
    long wholeBytes = bytes(List.of(EncodedChunk.video(file, plan, 0, END)));
    long splitBytes = bytes(split(file, plan, 2, 5));
    assertThat((double) splitBytes / wholeBytes).isBetween(0.85, 1.15);
  }

  private static long bytes(List<EncodedChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.of(1).stream())
        .mapToLong(Sample::sizeBytes)
        .sum();
  }

  @ParameterizedTest
  @CsvSource({"smpte2084, 572, 150, 215", "arib-std-b67, 721, 150, 225", "smpte2084, 300, 25, 110"})
  void highDynamicRangeIsToneMapped(String transfer, int code, int least, int most)
      throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "hdr.mp4",
            "-f lavfi -i color=c=gray:size=320x180:rate=25:duration=1,format=yuv420p10le,geq=lum="
                + code
                + ":cb=512:cr=512 -c:v libx265 -preset ultrafast"
                + " -x265-params log-level=error:colorprim=bt2020:transfer="
                + transfer
                + ":colormatrix=bt2020nc");
    EncodedChunk chunk = EncodedChunk.video(file, plan(file), 0, END);
    int[] picture = centre(chunk);
    assertThat(picture[0]).isBetween(least, most);
    assertThat(picture[1]).isBetween(125, 131);
    assertThat(picture[2]).isBetween(1, 1);
  }

  @Test
  void aTurnedPictureIsUpright() throws Exception {
    Path upright =
        MadeFile.make(
            directory,
            "upright.mp4",
            "-f lavfi -i color=black:size=320x180:rate=25:duration=1,drawbox=c=white:t=fill:w=160"
                + " -c:v libx264 -pix_fmt yuv420p");
    Path turned =
        MadeFile.make(directory, "t.mp4", "-display_rotation 90 -i " + upright + " -c copy");
    VodPlan plan = plan(turned);
    assertThat(plan.ladder().videos().getFirst().size()).isEqualTo(new Resolution(180, 320));
    EncodedChunk chunk = EncodedChunk.video(turned, plan, 0, END);
    // Counterclockwise: the left half, white, is at the bottom.
    assertThat(luma(chunk, 0.5, 0.9)).isGreaterThan(200);
    assertThat(luma(chunk, 0.5, 0.1)).isLessThan(50);
  }

  private static int luma(EncodedChunk chunk, double x, double y) throws Exception {
    return decoded(chunk, x, y)[0];
  }

  private static int[] centre(EncodedChunk chunk) throws Exception {
    return decoded(chunk, 0.5, 0.5);
  }

  /** Luma and blue difference at a place of the first picture, and its transfer. */
  private static int[] decoded(EncodedChunk chunk, double x, double y) throws Exception {
    Track track = chunk.renditions().getFirst().track();
    assertThat(track.config()).isInstanceOf(CodecConfig.Avc.class);
    int[] found = new int[3];
    PacketDecoder.Receiver receiver =
        frame -> {
          if (found[0] == 0) {
            found[0] = plane(frame, 0, x, y, 1);
            found[1] = plane(frame, 1, x, y, 2);
            found[2] = frame.color_trc();
          }
        };
    try (Decoder decoder = Decoder.open(track)) {
      for (Sample sample : chunk.of(track.id())) {
        decoder.decode(sample, receiver);
      }
      decoder.flush(receiver);
    }
    return found;
  }

  private static int plane(AVFrame frame, int plane, double x, double y, int divisor) {
    int column = (int) (x * frame.width()) / divisor;
    int row = (int) (y * frame.height()) / divisor;
    long offset = (long) row * frame.linesize(plane) + column;
    return new BytePointer(frame.data(plane)).get(offset) & 0xff;
  }
}
