package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.HlsClient;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The first thing that somebody does who tries the product: the demo, and Ctrl-C. */
final class DemoIT {
  private static final Pattern PLAYBACK = Pattern.compile("\\s*Playback\\s+(http\\S+)");
  private static final Duration FIRST_SEGMENTS = Duration.ofSeconds(60);
  private static final Duration GONE = Duration.ofSeconds(10);

  @Test
  void ctrlCEndsTheDemoAndItsPlaylists() throws Exception {
    try (StreamInfaServer server =
            StreamInfaServer.named("demo").withShortSegments().withArgument("--demo").start();
        HlsClient player = new HlsClient()) {
      URI master =
          Awaitility.await("the demo's address")
              .atMost(FIRST_SEGMENTS)
              .until(() -> playback(server), Optional::isPresent)
              .orElseThrow();
      Awaitility.await("segments of the demo")
          .atMost(FIRST_SEGMENTS)
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(
              () ->
                  player.media(player.multivariant(master).variants().getLast().uri()).nextNumber()
                      >= 2);
      List<ProcessHandle> children = server.descendants();
      assertThat(children).isNotEmpty();
      server.interrupt();
      Awaitility.await("no process is left")
          .atMost(GONE)
          .until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
      assertThat(mediaPlaylists(server.dataDirectory()))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              playlist ->
                  assertThat(Files.readString(playlist))
                      .contains("#EXT-X-PLAYLIST-TYPE:VOD", "#EXTINF:")
                      .endsWith("#EXT-X-ENDLIST\n"));
    }
  }

  private static Optional<URI> playback(StreamInfaServer server) {
    return server.log().stream()
        .map(PLAYBACK::matcher)
        .filter(Matcher::matches)
        .map(found -> URI.create(found.group(1)))
        .findFirst();
  }

  private static List<Path> mediaPlaylists(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(path -> path.endsWith("media.m3u8")).toList();
    }
  }
}
