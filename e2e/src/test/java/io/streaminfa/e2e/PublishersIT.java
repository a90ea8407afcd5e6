package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.ChildProcess;
import io.streaminfa.e2e.kit.DecodedRendition;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.FlvTag;
import io.streaminfa.e2e.kit.GStreamer;
import io.streaminfa.e2e.kit.Recording;
import io.streaminfa.e2e.kit.RtmpBytes;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of four houses publish the same film, and end it in their own ways. */
@Execution(ExecutionMode.CONCURRENT)
final class PublishersIT {
  @RegisterExtension static final StreamInfaServer SERVER = StreamInfaServer.named("publishers");

  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 6_000);
  private static final Duration DEADLINE = Duration.ofSeconds(40);

  private interface Publication {
    void publish(ApiClient.LiveStream stream, SourceFilm film)
        throws IOException, InterruptedException;
  }

  @Test
  void ffmpeg() throws Exception {
    assertArrives(
        (stream, film) -> {
          try (FfmpegExecutable.Publisher publisher =
              FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
            publisher.awaitSuccess(DEADLINE);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"rtmp2sink", "rtmpsink"})
  void gstreamer(String sink) throws Exception {
    assertArrives(
        (stream, film) -> {
          try (ChildProcess publisher = GStreamer.publish(sink, film.flv(), stream.publishUrl())) {
            assertThat(publisher.awaitExit(DEADLINE)).as(publisher.tail(20)).isZero();
          }
        });
  }

  @Test
  void theCommandsOfObs() throws Exception {
    assertArrives(
        (stream, film) -> {
          try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
            assertThat(publisher.publish(stream.key())).isEqualTo("NetStream.Publish.Start");
            publisher.sendPaced(FlvTag.readAll(film.flv()), FlvTag::timestampMs);
            publisher.finish();
          }
        });
  }

  /**
   * The publisher has said all and is gone long before the encoders have come to its end, as it is
   * on every machine that encodes more slowly than the source plays.
   */
  @Test
  void aPublisherThatIsFasterThanTheEncodersLosesNothingByLeaving() throws Exception {
    assertArrives(
        SourceFilm.make(FilmSpec.of(1280, 720, 15_000)),
        (stream, sent) -> {
          try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
            assertThat(publisher.publish(stream.key())).isEqualTo("NetStream.Publish.Start");
            publisher.acknowledgeEach(100_000);
            for (FlvTag tag : FlvTag.readAll(sent.flv())) {
              publisher.send(tag, tag.timestampMs());
            }
            publisher.finish();
          }
        });
  }

  @Test
  void aWrongKeyIsRefusedByName() throws Exception {
    try (RtmpBytes publisher = RtmpBytes.connect(SERVER.rtmpPort(), "live")) {
      assertThat(publisher.publish("no-such-key")).isEqualTo("NetStream.Publish.BadName");
    }
  }

  private static void assertArrives(Publication publication) throws Exception {
    assertArrives(SourceFilm.make(SPEC), publication);
  }

  private static void assertArrives(SourceFilm film, Publication publication) throws Exception {
    try (ApiClient api = SERVER.api()) {
      ApiClient.LiveStream stream = api.createLive();
      publication.publish(stream, film);
      Recording recording = Recording.await(api, stream);
      Recording.Rung rung = recording.rungs().getFirst();
      DecodedRendition decoded = recording.decode(rung);
      RecordingAssert.assertFrames("the film", decoded.frames(), 0, film.spec().frames());
      RecordingAssert.assertInSync("the film", decoded, film.spec().flashFrames().size());
    }
  }
}
