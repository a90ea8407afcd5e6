package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The byte publisher against a receiver of another house: ffmpeg's own RTMP server. */
final class RtmpBytesTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 24) - 1000})
  void aFilmSentByBytesArrivesWithItsFramesAndTimes(long shiftMs, @TempDir Path directory)
      throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(640, 360, 3000));
    Path received = directory.resolve("received.mkv");
    int port = freePort();
    try (ChildProcess receiver =
        FfmpegExecutable.load()
            .start(
                words(
                    "-copyts -listen 1 -i {} -c copy {}",
                    "rtmp://127.0.0.1:" + port + "/live/key",
                    received))) {
      try (RtmpBytes publisher = connect(port)) {
        assertThat(publisher.publish("key")).isEqualTo("NetStream.Publish.Start");
        for (FlvTag tag : FlvTag.readAll(film.flv())) {
          publisher.send(tag, tag.timestampMs() + shiftMs);
        }
        publisher.finish();
      }
      assertThat(receiver.awaitExit(DEADLINE)).as(receiver.tail(30)).isZero();
    }
    List<DecodedRendition.Frame> frames = DecodedRendition.video(received.toString());
    assertThat(frames)
        .extracting(DecodedRendition.Frame::number)
        .isEqualTo(IntStream.range(0, 90).boxed().toList());
    double expected = DecodedRendition.video(film.flv().toString()).getFirst().seconds();
    assertThat(frames.getFirst().seconds()).isCloseTo(expected + shiftMs / 1000.0, within(0.002));
    assertThat(frames.getLast().seconds() - frames.getFirst().seconds())
        .isCloseTo(89 / 30.0, within(0.002));
  }

  private static RtmpBytes connect(int port) {
    return Awaitility.await("the receiver listens")
        .atMost(DEADLINE)
        .ignoreExceptionsInstanceOf(ConnectException.class)
        .until(() -> RtmpBytes.connect(port, "live"), connected -> true);
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
