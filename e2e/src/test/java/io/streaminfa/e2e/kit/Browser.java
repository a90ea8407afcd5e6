package io.streaminfa.e2e.kit;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A real Chromium without a window. */
public final class Browser implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--autoplay-policy=no-user-gesture-required",
          "--mute-audio");

  /** Counts what a viewer would see as a pause, from the first video element on. */
  private static final String WATCH_STALLS =
      """
      window.e2eStalls = [];
      document.addEventListener('waiting', event => {
        if (event.target.tagName === 'VIDEO') {
          window.e2eStalls.push(event.target.currentTime);
        }
      }, true);
      """;

  private static final String SAMPLE =
      """
      () => {
        const video = document.querySelector('video');
        const hls = window.streaminfa && window.streaminfa.hls;
        return {
          currentTime: video ? video.currentTime : -1,
          readyState: video ? video.readyState : -1,
          width: video ? video.videoWidth : 0,
          height: video ? video.videoHeight : 0,
          error: video && video.error ? video.error.message || String(video.error.code) : '',
          levels: hls && hls.levels ? hls.levels.length : 0,
          stalls: window.e2eStalls || []
        };
      }
      """;

  private static final String PLAYER =
      """
      () => ({
        loadedAtMs: performance.timeOrigin,
        phase: document.body.dataset.phase,
        fatalError: window.streaminfa.state.error || '',
        notice: document.getElementById('notice-text').textContent
      })
      """;

  /** The luma of the picture shown, drawn on the grid of the test picture. */
  private static final String GRID =
      """
      ([width, height]) => {
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext('2d');
        context.imageSmoothingQuality = 'high';
        context.drawImage(document.querySelector('video'), 0, 0, width, height);
        const pixels = context.getImageData(0, 0, width, height).data;
        const luma = [];
        for (let i = 0; i < pixels.length; i += 4) {
          luma.push(Math.round((pixels[i] * 299 + pixels[i + 1] * 587 + pixels[i + 2] * 114) / 1000));
        }
        return luma;
      }
      """;

  /**
   * A seek has ended before its picture is drawn: that is told by a callback of its own. hls.js 1.4
   * counts from the first decoding time, which B-frames put before the first presentation time.
   */
  private static final String SEEK =
      """
      seconds => new Promise(resolve => {
        const video = document.querySelector('video');
        video.pause();
        video.requestVideoFrameCallback(() => resolve());
        video.currentTime = video.buffered.start(0) + seconds;
      })
      """;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;
  private final Page page;
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());

  private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
    this.page = browser.newPage();
    page.addInitScript(WATCH_STALLS);
    page.onPageError(error -> complaints.add("page: " + error));
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add("console: " + message.text() + " @ " + message.location());
          }
        });
  }

  /** The state of the page's video. Times are in seconds of the media timeline. */
  public record Playback(
      double currentTime,
      int readyState,
      int width,
      int height,
      String error,
      int levels,
      List<Double> stalls) {}

  /** Starts the Chromium that the machine has. */
  public static Browser launch() throws IOException {
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setHeadless(true)
                    .setExecutablePath(executable())
                    .setArgs(FLAGS)));
  }

  private static Path executable() throws IOException {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
        Path candidate = Path.of(directory, name);
        if (Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    throw new IOException("no Chromium on the PATH");
  }

  /** Calls a function of the page; what it returns, or what the promise it returns brings. */
  public @Nullable Object evaluate(String function) {
    return page.evaluate(function);
  }

  /** The same with an argument, as JSON has it. */
  public @Nullable Object evaluate(String function, Object argument) {
    return page.evaluate(function, argument);
  }

  public void open(URI address) {
    page.navigate(address.toString());
  }

  public Playback sample() {
    Map<?, ?> all = (Map<?, ?>) page.evaluate(SAMPLE);
    return new Playback(
        number(all.get("currentTime")),
        (int) number(all.get("readyState")),
        (int) number(all.get("width")),
        (int) number(all.get("height")),
        String.valueOf(all.get("error")),
        (int) number(all.get("levels")),
        ((List<?>) java.util.Objects.requireNonNull(all.get("stalls")))
            .stream().map(Browser::number).toList());
  }

  /**
   * The player of the watch page.
   *
   * @param loadedAtMs when the page was loaded, which a reload changes
   * @param phase what it says that it does, such as {@code playing}
   * @param fatalError of hls.js since the player began; empty without
   * @param notice what stands over the picture
   */
  public record Player(double loadedAtMs, String phase, String fatalError, String notice) {}

  public Player player() {
    Map<?, ?> all = (Map<?, ?>) page.evaluate(PLAYER);
    return new Player(
        number(all.get("loadedAtMs")),
        String.valueOf(all.get("phase")),
        String.valueOf(all.get("fatalError")),
        String.valueOf(all.get("notice")));
  }

  /** How fast the film plays, 1 for its own speed. */
  public void setRate(double rate) {
    page.evaluate("rate => { document.querySelector('video').playbackRate = rate; }", rate);
  }

  /** Whether the film has played to its end. */
  public boolean hasEnded() {
    return Boolean.TRUE.equals(page.evaluate("() => document.querySelector('video').ended"));
  }

  /** Pauses, and returns when the picture that long after the first one is on the page. */
  public void seekPaused(double seconds) {
    page.evaluate(SEEK, seconds);
  }

  /** Plays on from where it is. */
  public void resume() {
    page.evaluate("() => document.querySelector('video').play()");
  }

  /** How far behind live the player means to be. */
  public double targetLatencySeconds() {
    return number(page.evaluate("() => window.streaminfa.hls.targetLatency"));
  }

  /** How far behind live the picture is. */
  public double latencySeconds() {
    return number(page.evaluate("() => window.streaminfa.hls.latency"));
  }

  /** Lets the page play on; Playwright's events are handled meanwhile. */
  public void watch(double seconds) {
    page.waitForTimeout(seconds * 1000);
  }

  /** The frame number that the picture on the page shows now. */
  public int frameNumber() {
    return TestPicture.readNumber(grid());
  }

  /** The standard deviation of the brightness over the picture: 0 for a black one. */
  public double contrast() {
    byte[] grid = grid();
    double mean = 0;
    for (byte luma : grid) {
      mean += (luma & 0xff) / (double) grid.length;
    }
    double variance = 0;
    for (byte luma : grid) {
      variance += Math.pow((luma & 0xff) - mean, 2) / grid.length;
    }
    return Math.sqrt(variance);
  }

  private byte[] grid() {
    Object luma = page.evaluate(GRID, List.of(TestPicture.GRID_WIDTH, TestPicture.GRID_HEIGHT));
    List<?> cells = (List<?>) luma;
    byte[] grid = new byte[cells.size()];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (byte) (int) number(cells.get(i));
    }
    return grid;
  }

  /** What the page threw or logged as an error. */
  public List<String> complaints() {
    return List.copyOf(complaints);
  }

  public Path screenshot(String name) {
    Path file = Path.of("target", "screenshots", name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
    return file;
  }

  private static double number(@Nullable Object value) {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
