package io.streaminfa.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A player without a screen: fetches every playlist of a stream once a second, each object once.
 */
final class HlsPull implements AutoCloseable {
  private static final long POLL_MS = 1000;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  /** More than a stream of an hour has. */
  private static final int MAX_OBJECTS = 20_000;

  private final HttpClient http;
  private final URI start;
  private final Set<URI> seen = new LinkedHashSet<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong objects = new AtomicLong();
  private final Thread thread;

  /**
   * @param start a multivariant or media playlist, which need not exist yet
   */
  HlsPull(HttpClient http, URI start) {
    this.http = http;
    this.start = start;
    this.thread = Thread.ofVirtual().name("pull").start(this::run);
  }

  /** Of segments and init segments so far. */
  long bytes() {
    return bytes.get();
  }

  long objects() {
    return objects.get();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        try {
          pull(start, true);
        } catch (IOException e) {
          // The next round asks again; what was missed shows in the counters.
          Pause.ofMillis(POLL_MS);
        }
        Pause.ofMillis(POLL_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pull(URI playlist, boolean mayBeMultivariant)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(playlist);
    if (response.statusCode() != 200) {
      return;
    }
    String text = new String(response.body(), StandardCharsets.UTF_8);
    for (URI uri : HlsText.uris(playlist, text)) {
      if (uri.getPath().endsWith(".m3u8")) {
        if (mayBeMultivariant) {
          pull(uri, false);
        }
      } else if (seen.size() < MAX_OBJECTS && seen.add(uri)) {
        HttpResponse<byte[]> object = get(uri);
        if (object.statusCode() == 200) {
          bytes.addAndGet(object.body().length);
          objects.incrementAndGet();
        }
      }
    }
  }

  private HttpResponse<byte[]> get(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(REQUEST_TIMEOUT).build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
