package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Encoders that die in the middle, and others that go on where these were. */
final class BreakOffTest {
  private static final Rendition.Video HIGH = Studio.high(1);
  private static final Rendition.Video LOW = Studio.low(2);
  private static final Rendition.Audio AUDIO_128 = Studio.audio("audio_128k", 3, 48_000);
  private static final Rendition.Audio AUDIO_96 = Studio.audio("audio_96k", 4, 48_000);
  private static final List<Rendition> ALL = List.of(HIGH, LOW, AUDIO_128, AUDIO_96);
  private static final long ORIGIN_VIDEO_TICKS = 900_000;
  private static final int FRAME_TICKS = 3000;
  private static final int SAMPLES_A_SECOND = 2 * 30 + 2 * 47;
  private static final double UNTIL_SECONDS = 20;

  private Studio studio = new Studio(true);

  /** How far each encoder is behind the first. */
  private record Delays(double high, double low, double audio) {}

  private static final Delays TOGETHER = new Delays(0, 0, 0);
  private static final Delays LOW_IS_FASTER = new Delays(0.4, 0.2, 0);
  private static final Delays FAR_APART = new Delays(0, 2.5, 0.1);
  private static final Delays AUDIO_LAGS = new Delays(0.1, 0, 1.3);

  @AfterEach
  void close() {
    studio.close();
  }

  @Test
  void noPictureIsLostOrDoubledWhereverTheEncodersDie() throws Exception {
    for (Delays delays : List.of(TOGETHER, LOW_IS_FASTER, FAR_APART, AUDIO_LAGS)) {
      for (int samples = 0; samples < 15 * SAMPLES_A_SECOND; samples += 23) {
        studio = new Studio(true);
        goOnAfter(samples, delays);
        checkRecording("after " + samples + " samples, " + delays);
        studio.close();
      }
    }
  }

  @Test
  void encodersThatDieAgainAndAgainLoseNothing() throws Exception {
    double from = 0;
    for (int samples : new int[] {20, 1, 0, 900, 400, 5}) {
      OptionalLong resume = dieAfter(samples, from, TOGETHER);
      from = resume.isPresent() ? resume.getAsLong() / 1000.0 : from;
    }
    encode(from, TOGETHER);
    checkRecording("six deaths");
  }

  @Test
  void whatAllRungsHaveUpToTheirLastCommonKeyFrameIsKept() throws Exception {
    OptionalLong resume = dieAfter((int) (5.0 * SAMPLES_A_SECOND), 0, TOGETHER);
    studio.packager.awaitStored();
    assertThat(resume).hasValue(4000);
    assertThat(studio.playlist("high").all())
        .extracting(PlaylistView.Entry::seconds)
        .containsExactly(4.0);
    assertThat(studio.packager.timelineEndMillis()).isEqualTo(4000);
    assertThat(studio.packager.duration()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void aRowThatOneRungHasClosedIsMadeAgain() throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    feed(0, TOGETHER, sample -> sample.trackId() != 2 || sample.ptsTicks() < 5 * 90_000)
        .until(7, studio::write);
    assertThat(studio.packager.breakEpoch()).hasValue(0);
    studio.packager.awaitStored();
    assertThat(studio.packager.duration()).isZero();
    encode(0, TOGETHER);
    checkRecording("high was a row ahead");
  }

  @Test
  void audioThatLagsHoldsTheCutBack() throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    feed(0, TOGETHER, sample -> sample.trackId() != 4 || sample.ptsTicks() < 3.9 * 48_000)
        .until(5, studio::write);
    assertThat(studio.packager.breakEpoch()).hasValue(0);
  }

  @Test
  void anEpochWithoutAKeyFrameDoesNotSayWhereToGoOn() throws Exception {
    assertThat(studio.packager.breakEpoch()).isEmpty();
    studio.packager.begin(ALL, Studio.anchor());
    assertThat(studio.packager.breakEpoch()).isEmpty();
    studio.packager.begin(ALL, Studio.anchor());
    feed(0, TOGETHER, sample -> sample.trackId() >= 3).until(3, studio::write);
    assertThat(studio.packager.breakEpoch()).isEmpty();
    assertThat(studio.packager.timelineEndMillis()).isZero();
  }

  @Test
  void whereToGoOnIsTheSameMillisecondAtBroadcastFrameRates() throws Exception {
    Rendition.Video ntsc =
        new Rendition.Video(
            "high",
            HIGH.track(),
            HIGH.bitrate(),
            HIGH.peakBitrate(),
            HIGH.size(),
            new FrameRate(30_000, 1001),
            "audio_128k");
    List<Rendition> renditions = List.of(ntsc, AUDIO_128);
    studio.packager.begin(renditions, Studio.anchor());
    new Feed(0).video(ntsc, 0, false).audio(AUDIO_128, 0).until(9, studio::write);
    OptionalLong resume = studio.packager.breakEpoch();
    assertThat(resume).hasValue(Math.round(240 * 1001 / 30.0));
    assertThat(studio.packager.timelineEndMillis())
        .isBetween(resume.getAsLong(), resume.getAsLong() + 1);
  }

  private void goOnAfter(int samples, Delays delays) throws Exception {
    OptionalLong resume = dieAfter(samples, 0, delays);
    double from = resume.isPresent() ? resume.getAsLong() / 1000.0 : 0;
    assertThat(studio.packager.timelineEndMillis()).isLessThanOrEqualTo(Math.round(from * 1000));
    encode(from, delays);
  }

  private OptionalLong dieAfter(int samples, double from, Delays delays) throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    int[] left = {samples};
    feed(from, delays, sample -> left[0]-- > 0).until(UNTIL_SECONDS, studio::write);
    return studio.packager.breakEpoch();
  }

  private void encode(double from, Delays delays) throws Exception {
    studio.packager.begin(ALL, Studio.anchor());
    feed(from, delays, _ -> true).until(UNTIL_SECONDS, studio::write);
  }

  private static Feed feed(double from, Delays delays, Predicate<Sample> kept) {
    return new Feed(from)
        .video(HIGH, delays.high(), true)
        .video(LOW, delays.low(), true)
        .audio(AUDIO_128, delays.audio())
        .audio(AUDIO_96, delays.audio())
        .keeping(kept);
  }

  private void checkRecording(String when) throws Exception {
    studio.packager.finish();
    studio.packager.publishRecording();
    PlaylistView first = studio.playlist("high");
    for (Rendition rendition : ALL) {
      PlaylistView playlist = studio.playlist(rendition.name());
      assertThat(playlist.all()).as(when).extracting(PlaylistView.Entry::gap).containsOnly(false);
      assertThat(playlist.all().stream().map(PlaylistView.Entry::discontinuitySequence))
          .as(when)
          .containsExactlyElementsOf(
              first.all().stream().map(PlaylistView.Entry::discontinuitySequence).toList());
      switch (rendition) {
        case Rendition.Video _ -> checkPictures(when, rendition.name(), playlist, first);
        case Rendition.Audio _ -> checkFrames(when, rendition.name(), playlist);
      }
    }
    assertThat(studio.packager.timelineEndMillis()).as(when).isEqualTo(20_000);
    assertThat(studio.packager.duration()).as(when).isEqualTo(Duration.ofSeconds(20));
  }

  private void checkPictures(String when, String name, PlaylistView playlist, PlaylistView first) {
    List<Long> shown = new ArrayList<>();
    for (List<Mp4Reader.ReadSample> segment : studio.segments(name, playlist)) {
      segment.stream().map(s -> s.ptsTicks() - ORIGIN_VIDEO_TICKS).sorted().forEach(shown::add);
    }
    List<Long> all =
        LongStream.range(0, (long) (UNTIL_SECONDS * 30)).mapToObj(n -> n * FRAME_TICKS).toList();
    assertThat(shown).as(when + ": " + name).isEqualTo(all);
    assertThat(playlist.all().stream().map(PlaylistView.Entry::seconds))
        .as(when)
        .containsExactlyElementsOf(first.all().stream().map(PlaylistView.Entry::seconds).toList());
  }

  /** At a cut, the frames of two encoders do not lie on one grid. */
  private void checkFrames(String when, String name, PlaylistView playlist) {
    long before = -1024;
    for (List<Mp4Reader.ReadSample> segment : studio.segments(name, playlist)) {
      for (Mp4Reader.ReadSample sample : segment) {
        long ticks = sample.ptsTicks() - 480_000;
        assertThat(ticks - before).as(when + ": " + name + " at " + ticks).isBetween(512L, 2048L);
        before = ticks;
      }
    }
    assertThat(before).as(when).isBetween(958_000L, 960_000L);
  }
}
