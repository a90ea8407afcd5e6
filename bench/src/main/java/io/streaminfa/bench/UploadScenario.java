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

/** A file is uploaded: how soon it can be watched, and when all of it is there. */
final class UploadScenario {
  /**
   * @param runs each with a server of its own
   */
  record Options(int runs, Resolution size, int filmSeconds) {}

  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 4000;
  private static final long POLL_MS = 50;
  private static final Duration DEADLINE = Duration.ofHours(2);

  private final Home home;
  private final PrintWriter out;

  UploadScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException, InterruptedException {
    Film film = new Film(options.size(), FRAMES_PER_SECOND, options.filmSeconds(), SOURCE_KBPS);
    Path source = film.make(home, Executable.load());
    out.printf(
        "upload: %d s of %s, default ladder; polled every %d ms%n",
        options.filmSeconds(), options.size(), POLL_MS);
    List<Double> playable = new ArrayList<>();
    List<Double> ready = new ArrayList<>();
    List<Double> multiple = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      try (Product product = Product.start(home, "upload", "");
          HttpClient http = HttpClient.newHttpClient()) {
        long startNanos = System.nanoTime();
        Product.Uploaded uploaded = product.upload(source);
        double takenSeconds = secondsSince(startNanos);
        FirstSegment.await(http, uploaded.master(), DEADLINE, POLL_MS);
        playable.add(secondsSince(startNanos));
        awaitReady(product, uploaded);
        ready.add(secondsSince(startNanos));
        multiple.add(ready.getLast() / options.filmSeconds());
        out.printf(
            Locale.ROOT,
            "  run %d: taken after %.1f s, playable after %.1f s, ready after %.1f s%n",
            i + 1,
            takenSeconds,
            playable.getLast(),
            ready.getLast());
      }
    }
    out.printf("  upload to first playable segment %s%n", new Series(playable).text(1, "s"));
    out.printf("  upload to ready                  %s%n", new Series(ready).text(1, "s"));
    out.printf("  the same by the film's duration  %s%n", new Series(multiple).text(3, ""));
  }

  private static void awaitReady(Product product, Product.Uploaded uploaded)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + DEADLINE.toNanos();
    String status = product.status(uploaded);
    while (status.equals("processing") && System.nanoTime() < deadlineNanos) {
      Pause.ofMillis(POLL_MS);
      status = product.status(uploaded);
    }
    if (!status.equals("ready")) {
      throw new IOException("the stream is " + status + ", and not ready");
    }
  }

  private static double secondsSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
