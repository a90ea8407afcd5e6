package io.streaminfa.e2e.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BrowserTest {
  @Test
  void thePictureOnAPageIsReadWhileItPlays(@TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 12_000));
    Files.copy(film.mp4(), directory.resolve("film.mp4"));
    Files.writeString(
        directory.resolve("index.html"),
        "<!doctype html><link rel=icon href=data:,><video src=film.mp4 autoplay"
            + " muted></video><script>window.streaminfa={hls:{levels:[1,2]}};console.error('on"
            + " purpose')</script>");
    try (DirectoryServer server = new DirectoryServer(directory);
        Browser browser = Browser.launch()) {
      browser.open(server.uri("index.html"));
      browser.watch(1.0);
      Browser.Playback early = browser.sample();
      browser.watch(1.0);
      Browser.Playback later = browser.sample();

      assertThat(later.currentTime()).isGreaterThan(early.currentTime() + 0.5);
      assertThat(browser.frameNumber() / 30.0).isCloseTo(later.currentTime(), within(0.7));
      assertThat(later.readyState()).isGreaterThanOrEqualTo(2);
      assertThat(later.width()).isEqualTo(640);
      assertThat(later.height()).isEqualTo(360);
      assertThat(later.levels()).isEqualTo(2);
      assertThat(later.error()).isEmpty();
      assertThat(browser.contrast()).isGreaterThan(30);
      assertThat(browser.complaints()).singleElement().asString().contains("on purpose");
      assertThat(browser.screenshot("kit")).isNotEmptyFile();
    }
  }
}
