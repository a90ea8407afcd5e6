package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GStreamerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @ParameterizedTest
  @ValueSource(strings = {"rtmp2sink", "rtmpsink"})
  void itPublishesEveryFrame(String sink, @TempDir Path directory) throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 3000));
    Path received = directory.resolve("received.mkv");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String url = "rtmp://127.0.0.1:" + port + "/live/key";
    try (ChildProcess receiver =
        FfmpegExecutable.load().start(words("-listen 1 -i {} -c copy {}", url, received))) {
      Awaitility.await("the receiver listens").atMost(DEADLINE).until(() -> listens(port));
      try (ChildProcess publisher = GStreamer.publish(sink, film.flv(), url)) {
        assertThat(publisher.awaitExit(DEADLINE)).as(publisher.tail(20)).isZero();
      }
      assertThat(receiver.awaitExit(DEADLINE)).as(receiver.tail(30)).isZero();
    }
    assertThat(DecodedRendition.video(received.toString()))
        .extracting(DecodedRendition.Frame::number)
        .isEqualTo(IntStream.range(0, 90).boxed().toList());
  }

  /** Looks without connecting: ffmpeg takes the first connection for its publisher. */
  private static boolean listens(int port) throws Exception {
    String address = "0100007F:%04X ".formatted(port);
    return java.nio.file.Files.readAllLines(Path.of("/proc/net/tcp")).stream()
        .anyMatch(line -> line.contains(address) && line.contains(" 0A "));
  }
}
