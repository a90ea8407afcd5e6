package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From the end of the first segment in the source's time until the segment can be fetched. */
final class LatencyScenario {
  /**
   * @param runs each with a server of its own
   */
  record Options(int runs) {}

  private static final Resolution HD = new Resolution(1280, 720);
  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 4000;
  private static final int FILM_SECONDS = 25;
  private static final long POLL_MS = 20;
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  private final Home home;
  private final PrintWriter out;
  private final Executable ffmpeg = Executable.load();

  LatencyScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException, InterruptedException {
    Path film = new Film(HD, FRAMES_PER_SECOND, FILM_SECONDS, SOURCE_KBPS).make(home, ffmpeg);
    out.printf(
        "latency: %s at %d fps in real time, default ladder and segments; polled every %d ms%n",
        HD, FRAMES_PER_SECOND, POLL_MS);
    List<Double> afterEndMs = new ArrayList<>();
    List<Double> afterStartMs = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      try (Product product = Product.start(home, "latency", "");
          HttpClient http = HttpClient.newHttpClient()) {
        measure(product.createLive(), film, http, afterEndMs, afterStartMs);
      }
    }
    out.printf("  end of the segment to playable  %s%n", new Series(afterEndMs).text(0, "ms"));
    out.printf("  first picture to playable       %s%n", new Series(afterStartMs).text(0, "ms"));
  }

  private void measure(
      Product.Live live,
      Path film,
      HttpClient http,
      List<Double> afterEndMs,
      List<Double> afterStartMs)
      throws IOException, InterruptedException {
    Path log = home.work("logs").resolve("latency-publisher.log");
    try (RtmpTap tap = new RtmpTap(live.publish())) {
      Process publisher =
          ffmpeg.start(
              log,
              Executable.words(
                  "-readrate 1 -readrate_initial_burst 0 -i "
                      + film
                      + " -c copy -f flv "
                      + tap.address()));
      try {
        FirstSegment.Arrival arrival = FirstSegment.await(http, live.master(), DEADLINE, POLL_MS);
        long zeroNanos = tap.zeroNanos().orElseThrow(() -> new IOException("no picture passed"));
        double sinceFirstMs = (arrival.atNanos() - zeroNanos) / 1e6 - tap.firstShownMs();
        afterStartMs.add(sinceFirstMs);
        afterEndMs.add(sinceFirstMs - arrival.durationSeconds() * 1000);
        out.printf(
            Locale.ROOT,
            "  first segment of %.3f s: playable %.0f ms after its end%n",
            arrival.durationSeconds(),
            afterEndMs.getLast());
      } finally {
        publisher.destroy();
        publisher.waitFor();
      }
    }
  }
}
