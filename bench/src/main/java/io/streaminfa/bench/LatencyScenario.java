package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern EXTINF = Pattern.compile("#EXTINF:([0-9.]+),");

  private final Home home;
  private final PrintWriter out;
  private final Executable ffmpeg = Executable.load();

  LatencyScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  /**
   * The first segment when it came.
   *
   * @param atNanos when its last byte had come, by {@link System#nanoTime}
   */
  private record Arrival(double durationSeconds, long atNanos) {}

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
        Arrival arrival = awaitSegment(http, live.master());
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

  /** Of the first variant: its first segment, fetched as soon as a playlist names it. */
  private static Arrival awaitSegment(HttpClient http, URI master)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
    while (System.nanoTime() < deadlineNanos) {
      Optional<String> variants = text(http, master);
      if (variants.isPresent()) {
        for (URI media : variantsOf(master, variants.get())) {
          Optional<Arrival> arrival = firstSegment(http, media);
          if (arrival.isPresent()) {
            return arrival.get();
          }
        }
      }
      Pause.ofMillis(POLL_MS);
    }
    throw new IOException("no segment after " + DEADLINE);
  }

  private static List<URI> variantsOf(URI master, String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#") && line.endsWith(".m3u8"))
        .limit(1)
        .map(master::resolve)
        .toList();
  }

  private static Optional<Arrival> firstSegment(HttpClient http, URI media)
      throws IOException, InterruptedException {
    Optional<String> playlist = text(http, media);
    if (playlist.isEmpty()) {
      return Optional.empty();
    }
    Matcher duration = EXTINF.matcher(playlist.get());
    Optional<String> line =
        playlist.get().lines().filter(l -> !l.startsWith("#") && !l.isBlank()).findFirst();
    if (line.isEmpty() || !duration.find() || text(http, media.resolve(line.get())).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Arrival(Double.parseDouble(duration.group(1)), System.nanoTime()));
  }

  private static Optional<String> text(HttpClient http, URI uri)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(REQUEST_TIMEOUT).build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    return response.statusCode() == 200
        ? Optional.of(new String(response.body(), StandardCharsets.ISO_8859_1))
        : Optional.empty();
  }
}
