package io.streaminfa.e2e.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlaylistWatchTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @TempDir private Path directory;

  @Test
  void aWindowThatSlidesIsFineAndOneThatStartsAgainIsNot() throws Exception {
    put("master.m3u8", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8\n");
    window(4, "4.m4s", "5.m4s");
    try (DirectoryServer server = new DirectoryServer(directory);
        PlaylistWatch watch = PlaylistWatch.start(stream(server), 2, DEADLINE)) {
      window(5, "5.m4s", "6.m4s");
      watch.awaitNumber(6, DEADLINE);
      assertThat(watch.breaches()).isEmpty();

      window(6, "6.m4s", "other.m4s");
      watch.awaitNumber(7, DEADLINE);
      window(6, "6.m4s", "7.m4s");
      Awaitility.await().atMost(DEADLINE).until(() -> !watch.breaches().isEmpty());
      assertThat(watch.breaches().getFirst()).contains("other.m4s").contains("7.m4s");

      window(0, "0.m4s");
      Awaitility.await()
          .atMost(DEADLINE)
          .until(() -> watch.breaches().contains("EXT-X-MEDIA-SEQUENCE fell to 0"));
    }
  }

  private static ApiClient.LiveStream stream(DirectoryServer server) {
    return new ApiClient.LiveStream(
        "id", "key", "", server.uri("master.m3u8"), server.uri("watch"));
  }

  private void window(int first, String... names) throws Exception {
    StringBuilder text =
        new StringBuilder("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" + first);
    for (String name : names) {
      text.append("\n#EXTINF:2,\n").append(name);
    }
    put("media.m3u8", text + "\n");
  }

  private void put(String name, String text) throws Exception {
    Path unfinished = Files.writeString(directory.resolve("unfinished"), text);
    Files.move(unfinished, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
