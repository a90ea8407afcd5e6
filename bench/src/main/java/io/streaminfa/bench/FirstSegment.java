package io.streaminfa.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first thing of a stream that can be played. */
final class FirstSegment {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern EXTINF = Pattern.compile("#EXTINF:([0-9.]+),");

  private FirstSegment() {}

  /**
   * The first segment when it came.
   *
   * @param atNanos when its last byte had come, by {@link System#nanoTime}
   */
  record Arrival(double durationSeconds, long atNanos) {}

  /** Of the first variant: its first segment, fetched as soon as a playlist names it. */
  static Arrival await(HttpClient http, URI master, Duration deadline, long pollMs)
      throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + deadline.toNanos();
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
      Pause.ofMillis(pollMs);
    }
    throw new IOException("no segment after " + deadline);
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
