package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.Browser;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.PlaylistWatch;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class WatchPageIT {
  @RegisterExtension
  static final StreamInfaServer SERVER = StreamInfaServer.named("watch-page").withShortSegments();

  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(30);
  private static final double STARTUP_SECONDS = 1;
  private static final double SEGMENT_SECONDS = 2;

  /** What is meant, and what a machine that is busy with encoding adds. */
  private static final double MAX_LATENCY_SECONDS = 4 * SEGMENT_SECONDS;

  private static final int MAX_STARTUP_POLLS = 60;
  private static final int MAX_ENDING_POLLS = 60;
  private static final double AWAY_SECONDS = 5;
  private static final double SECONDS_AFTERWARDS = 12;

  @Test
  void aViewerSeesThirtySecondsOfALiveStreamWithoutAPause() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(1280, 720, 60_000));
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher publisher =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 3, FIRST_SEGMENTS);
          Browser browser = Browser.launch()) {
        browser.open(stream.watch());
        double start = awaitPicture(browser);
        List<Browser.Playback> samples = watch(browser, 30);
        assertPlayed(start, samples);
        assertThat(browser.targetLatencySeconds()).isEqualTo(2 * SEGMENT_SECONDS);
        assertThat(browser.latencySeconds()).as("behind live").isLessThan(MAX_LATENCY_SECONDS);
        assertThat(browser.complaints()).as("the page's errors").isEmpty();
        assertThat(browser.contrast()).as("contrast of the picture").isGreaterThan(25);
        assertThat(browser.frameNumber()).isBetween(1, film.spec().frames());
        assertScreenshotHasAPicture(browser.screenshot("watch-page"));
        assertThat(publisher.isAlive()).as(publisher.log()).isTrue();
        assertThat(watch.breaches()).isEmpty();
      }
    }
  }

  @Test
  void aPageThatIsOpenGoesOnWhenThePublisherComesBack() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(854, 480, 60_000));
    FfmpegExecutable ffmpeg = FfmpegExecutable.load();
    try (ApiClient api = SERVER.api();
        Browser browser = Browser.launch()) {
      ApiClient.LiveStream stream = api.createLive();
      try (FfmpegExecutable.Publisher first = ffmpeg.publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 3, FIRST_SEGMENTS)) {
        browser.open(stream.watch());
        awaitPicture(browser);
        browser.watch(4);
        Browser.Player before = browser.player();
        assertThat(before.phase()).isEqualTo("playing");
        first.kill();
        browser.watch(AWAY_SECONDS);
        try (FfmpegExecutable.Publisher again = ffmpeg.publish(film.flv(), stream.publishUrl())) {
          awaitDiscontinuity(browser, watch);
          double there = browser.sample().currentTime();
          awaitPlayedUntil(browser, there + SECONDS_AFTERWARDS);
          assertThat(again.isAlive()).as(again.log()).isTrue();
        }
        Browser.Player after = browser.player();
        assertThat(after).as("the same page, and no fatal error").isEqualTo(before);
        assertThat(after.fatalError()).isEmpty();
        assertThat(browser.sample().error()).isEmpty();
        assertThat(browser.complaints()).as("the page's errors").isEmpty();
        assertThat(watch.breaches()).isEmpty();
      }
    }
  }

  @Test
  void theEndOfAStreamThatIsNotRecordedIsNoRecording() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 24_000));
    try (ApiClient api = SERVER.api();
        Browser browser = Browser.launch()) {
      ApiClient.LiveStream stream = api.createUnrecorded();
      try (FfmpegExecutable.Publisher publisher =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl());
          PlaylistWatch watch = PlaylistWatch.start(stream, 3, FIRST_SEGMENTS)) {
        browser.open(stream.watch());
        awaitPicture(browser);
        publisher.awaitSuccess(FIRST_SEGMENTS);
        awaitNotice(browser, "It was not recorded; only its end is left.");
        assertThat(watch.latest().mediaSequence()).isPositive();
        assertThat(watch.latest().text()).contains("#EXT-X-PLAYLIST-TYPE:VOD");
        assertThat(watch.breaches()).isEmpty();
      }
    }
  }

  private static void awaitNotice(Browser browser, String text) {
    for (int i = 0; i < MAX_ENDING_POLLS && !browser.player().notice().equals(text); i++) {
      browser.watch(0.5);
    }
    assertThat(browser.player().notice()).isEqualTo(text);
  }

  private static void awaitDiscontinuity(Browser browser, PlaylistWatch watch) {
    for (int i = 0; i < MAX_STARTUP_POLLS && watch.latest().discontinuities() == 0; i++) {
      browser.watch(0.5);
    }
    assertThat(watch.latest().discontinuities()).isOne();
  }

  private static void awaitPlayedUntil(Browser browser, double mediaSeconds) {
    for (int i = 0; i < MAX_STARTUP_POLLS; i++) {
      if (browser.sample().currentTime() >= mediaSeconds) {
        return;
      }
      browser.watch(0.5);
    }
    throw new AssertionError(
        "not played until " + mediaSeconds + ": " + browser.sample() + " " + browser.player());
  }

  /** Waits for the first picture, and returns the media time at which it is shown. */
  private static double awaitPicture(Browser browser) {
    for (int i = 0; i < MAX_STARTUP_POLLS; i++) {
      Browser.Playback now = browser.sample();
      if (now.readyState() >= 2 && now.currentTime() > 0 && now.width() > 0) {
        return now.currentTime();
      }
      browser.watch(0.5);
    }
    throw new AssertionError(
        "no picture: "
            + browser.sample()
            + " "
            + browser.complaints()
            + " "
            + browser.screenshot("watch-page-no-picture"));
  }

  private static List<Browser.Playback> watch(Browser browser, int seconds) {
    List<Browser.Playback> samples = new ArrayList<>();
    for (int i = 0; i < seconds / 2; i++) {
      browser.watch(2);
      samples.add(browser.sample());
    }
    return samples;
  }

  private static void assertPlayed(double start, List<Browser.Playback> samples) {
    Browser.Playback last = samples.getLast();
    assertThat(last.currentTime() - start).as("seconds played").isGreaterThan(28);
    assertThat(last.stalls())
        .as("media times of pauses")
        .allSatisfy(stall -> assertThat(stall).isLessThanOrEqualTo(start + STARTUP_SECONDS));
    assertThat(last.levels()).as("levels offered").isEqualTo(2);
    double before = start;
    for (Browser.Playback sample : samples) {
      assertThat(sample.currentTime()).as("the time advances").isGreaterThan(before);
      assertThat(sample.error()).isEmpty();
      assertThat(sample.width() + "x" + sample.height()).isIn("1280x720", "854x480");
      before = sample.currentTime();
    }
  }

  private static void assertScreenshotHasAPicture(Path file) throws Exception {
    BufferedImage image = ImageIO.read(file.toFile());
    long bright = 0;
    long dark = 0;
    for (int y = 0; y < image.getHeight(); y += 4) {
      for (int x = 0; x < image.getWidth(); x += 4) {
        int green = image.getRGB(x, y) >> 8 & 0xff;
        bright += green > 200 ? 1 : 0;
        dark += green < 50 ? 1 : 0;
      }
    }
    // The number blocks alone are a ninth of the picture, black and white.
    assertThat(bright).as("bright points of the screenshot").isGreaterThan(100);
    assertThat(dark).as("dark points of the screenshot").isGreaterThan(100);
  }
}
