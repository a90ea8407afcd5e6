package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.media.mp4.Mp4Reader.ReadSample;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VodTrackCutterTest {
  private static final double SECONDS = 40.2;

  private static Rendition.Video video(int numerator, int denominator) {
    Rendition.Video video = Studio.high(1);
    return new Rendition.Video(
        video.name(),
        video.track(),
        video.bitrate(),
        video.peakBitrate(),
        video.size(),
        new FrameRate(numerator, denominator),
        video.audioName());
  }

  private static VodGrid grid(Rendition.Video video) {
    return VodGrid.of(Duration.ofSeconds(6), video.frameRate());
  }

  private static Map<Long, ByteBuffer> cut(Rendition rendition, VodGrid grid, double... borders)
      throws Exception {
    Map<Long, ByteBuffer> segments = new TreeMap<>();
    for (int i = 1; i < borders.length; i++) {
      VodTrackCutter cutter =
          new VodTrackCutter(
              rendition,
              grid,
              (_, number, segment) ->
                  assertThat(segments.put(number, segment.data())).as("twice").isNull());
      List<Rendition> alone = List.of(rendition);
      for (Sample sample : VodStudio.samples(alone, borders[i - 1], borders[i])) {
        cutter.add(sample);
      }
      cutter.end(VodStudio.ends(alone, borders[i]).getOrDefault(rendition.track().id(), 0L));
    }
    return segments;
  }

  private static List<ReadSample> samples(Map<Long, ByteBuffer> segments) {
    List<ReadSample> samples = new ArrayList<>();
    segments.values().forEach(segment -> samples.addAll(Mp4Reader.samples(segment)));
    return samples;
  }

  @ParameterizedTest
  @CsvSource({"25, 1", "30000, 1001", "30, 1", "60000, 1001"})
  void chunksGiveTheSameBytesAsTheWhole(int numerator, int denominator) throws Exception {
    Rendition.Video video = video(numerator, denominator);
    Map<Long, ByteBuffer> whole = cut(video, grid(video), 0, SECONDS);
    assertThat(whole).hasSize(7);
    assertThat(cut(video, grid(video), 0, 6, 18, 36, SECONDS)).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({"25, 1", "30000, 1001", "60000, 1001"})
  void noTickIsMissingBetweenTwoChunks(int numerator, int denominator) throws Exception {
    Rendition.Video video = video(numerator, denominator);
    List<ReadSample> samples = samples(cut(video, grid(video), 0, 12, 24, SECONDS));
    for (int i = 1; i < samples.size(); i++) {
      ReadSample before = samples.get(i - 1);
      assertThat(samples.get(i).dtsTicks()).isEqualTo(before.dtsTicks() + before.durationTicks());
    }
    long wholeTicks =
        samples.getLast().dtsTicks()
            + samples.getLast().durationTicks()
            - samples.getFirst().dtsTicks();
    assertThat(wholeTicks)
        .isEqualTo(VodStudio.ends(List.of(video), SECONDS).get(video.track().id()));
  }

  @ParameterizedTest
  @CsvSource({"25, 1, 44100", "30000, 1001, 44100", "60000, 1001, 48000", "24000, 1001, 48000"})
  void rule32AudioIsCutAtTheFrameNearestToThePicture(int numerator, int denominator, int rate)
      throws Exception {
    Rendition.Video video = video(numerator, denominator);
    Rendition.Audio audio = Studio.audio("audio_128k", 3, rate);
    Map<Long, ByteBuffer> segments = cut(audio, grid(video), 0, SECONDS);
    assertThat(segments.keySet()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    double originSeconds = 10;
    segments.forEach(
        (number, segment) -> {
          double at = Mp4Reader.samples(segment).getFirst().dtsTicks() / (double) rate;
          double picture = grid(video).startTicks(number) / 90_000.0;
          assertThat(Math.abs(at - originSeconds - picture))
              .as("segment %d", number)
              .isLessThanOrEqualTo(512.5 / rate);
        });
    List<ReadSample> samples = samples(segments);
    assertThat(samples).allSatisfy(sample -> assertThat(sample.durationTicks()).isEqualTo(1024));
    assertThat(samples).hasSize((int) Math.ceil(SECONDS * rate / 1024));
  }

  @Test
  void rule32TheEncodersPrimingIsDropped() throws Exception {
    List<CutSegment> cut = new ArrayList<>();
    Rendition.Audio audio = Studio.audio("audio_128k", 3, 48_000);
    VodTrackCutter cutter =
        new VodTrackCutter(audio, grid(video(25, 1)), (_, _, segment) -> cut.add(segment));
    for (long ticks = -2048; ticks < 48_000; ticks += 1024) {
      cutter.add(new Sample(3, ticks, ticks, true, ByteBuffer.allocate(4)));
    }
    cutter.end(48_128);
    assertThat(cut).hasSize(1);
    assertThat(cut.getFirst().startTicks()).isZero();
    assertThat(Mp4Reader.samples(cut.getFirst().data()).getFirst().dtsTicks()).isEqualTo(480_000);
  }

  @Test
  void soundThatBeginsLateHasNoSegmentBefore() throws Exception {
    Rendition.Audio audio = Studio.audio("audio_128k", 3, 48_000);
    assertThat(cut(audio, grid(video(25, 1)), 13, 20).keySet()).containsExactly(2L, 3L);
  }

  @Test
  void aChunkBeginsWithAKeyFrame() {
    Rendition.Video video = video(25, 1);
    VodTrackCutter cutter = new VodTrackCutter(video, grid(video), (_, _, _) -> {});
    assertThatThrownBy(() -> cutter.add(new Sample(1, 0, 0, false, ByteBuffer.allocate(4))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("key frame");
  }
}
