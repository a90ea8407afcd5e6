package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.CopyingTranscoder.AUDIO;
import static io.streaminfa.pipeline.CopyingTranscoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Track;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamState;
import io.streaminfa.transcode.TranscodeFailure;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that die under a publisher that goes on. */
final class WorkerReplacementTest {
  private static final TranscodeFailure CRASH =
      new TranscodeFailure("worker_crashed", "the worker died", false);
  private static final TranscodeFailure UNDECODABLE =
      new TranscodeFailure("video_undecodable", "no picture can be decoded", true);

  private Station station;
  private NewStream.Made stream;

  @BeforeEach
  void open() throws Exception {
    station = new Station(Station.LIMITS);
    stream = station.make();
  }

  @AfterEach
  void close() throws Exception {
    station.close();
    assertThat(station.publishers()).isZero();
  }

  private static void send(Publisher publisher, double seconds) throws Exception {
    publisher.sendUntil(seconds, Publisher.VIDEO, Publisher.AUDIO);
  }

  private void die(TranscodeFailure failure) throws Exception {
    CopyingTranscoder.Worker worker = station.transcoder.last();
    worker.die(failure);
    worker.ended.await();
  }

  private void assertFailed(String code) {
    assertThat(station.find(stream).state()).isEqualTo(StreamState.ERROR);
    assertThat(station.find(stream).failure().map(StreamFailure::code)).hasValue(code);
  }

  @Test
  void aWorkerThatDiesIsReplacedAndNothingIsLost() throws Exception {
    Publisher publisher = station.live(stream, 5);
    await().until(() -> station.playlist(stream, VIDEO).all().size() == 2);
    send(publisher, 6.1);
    die(CRASH);
    send(publisher, 10);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    CopyingTranscoder.Worker second = station.transcoder.last();
    assertThat(station.transcoder.workers).hasSize(2);
    assertThat(second.encodeFromMillis).isEqualTo(6000);
    assertThat(second.taken.getFirst().ptsTicks()).isEqualTo(4000);
    assertThat(second.taken.getFirst().sync()).isTrue();
    assertThat(second.announced).containsExactly(List.of(Publisher.VIDEO, Publisher.AUDIO));
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(10));
    assertThat(station.playlist(stream, AUDIO).all())
        .extracting(PlaylistView.Entry::discontinuity)
        .containsExactly(false, false, false, true, false);
    assertThat(station.counted("streaminfa_transcode_worker_restarts")).isOne();
  }

  @Test
  void aSegmentThatWaitsForItsSoundIsMadeAgainFromItsStart() throws Exception {
    station.close();
    station = new Station(Station.LIMITS, Duration.ofSeconds(4));
    stream = station.make();
    Publisher publisher = station.connect(stream).start(Publisher.VIDEO, Publisher.AUDIO);
    for (double seconds : new double[] {1.9, 3.9, 5.9, 6.5}) {
      publisher.sendUntil(seconds, Publisher.VIDEO);
      CopyingTranscoder.Worker worker = station.transcoder.last();
      await().until(worker::isIdle);
    }
    die(CRASH);
    send(publisher, 8);
    assertThat(station.transcoder.last().encodeFromMillis).isZero();
    assertThat(station.transcoder.last().taken.getFirst().ptsTicks()).isZero();
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(8));
    assertThat(station.playlist(stream, VIDEO).all())
        .extracting(PlaylistView.Entry::gap)
        .containsOnly(false);
  }

  @Test
  void aReplayAnnouncesTheTracksThatItsSamplesBelongTo() throws Exception {
    Publisher publisher = station.live(stream, 1);
    Track other = new Track(7, Timescale.MILLISECONDS, Publisher.AUDIO.config());
    publisher.start(Publisher.VIDEO, other).sendUntil(1.5, Publisher.VIDEO, other);
    die(CRASH);
    publisher.sendUntil(1.6, Publisher.VIDEO, other);
    assertThat(station.transcoder.workers).hasSize(2);
    assertThat(station.transcoder.last().announced)
        .containsExactly(
            List.of(Publisher.VIDEO, Publisher.AUDIO), List.of(Publisher.VIDEO, other));
    publisher.end(EndReason.CLEAN);
  }

  @Test
  void aWorkerIsReplacedWhereverItDies() throws Exception {
    for (int samples = 0; samples < 400; samples += 17) {
      int failAfter = samples;
      station.transcoder.workers.clear();
      station.transcoder.onOpen =
          worker -> worker.failAfter = station.transcoder.workers.isEmpty() ? failAfter : 100_000;
      stream = station.make();
      Publisher publisher = station.connect(stream).start(Publisher.VIDEO, Publisher.AUDIO);
      send(publisher, 8);
      station.transcoder.workers.getFirst().ended.await();
      send(publisher, 9);
      publisher.end(EndReason.CLEAN);
      station.awaitState(stream, StreamState.READY);
      assertThat(station.transcoder.workers).hasSize(2);
      assertThat(station.find(stream).duration())
          .as("after %s samples", samples)
          .hasValue(Duration.ofSeconds(9));
    }
  }

  @Test
  void aWorkerThatDiesAtTheVeryEndIsReplacedOnce() throws Exception {
    station.transcoder.onOpen = worker -> worker.failAtEnd = station.transcoder.workers.isEmpty();
    station.live(stream, 5).end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(5));
    NewStream.Made other = station.make();
    station.transcoder.onOpen = worker -> worker.failAtEnd = true;
    station.live(other, 5).end(EndReason.CLEAN);
    station.awaitState(other, StreamState.READY);
    assertThat(station.find(other).duration()).hasValue(Duration.ofSeconds(4));
  }

  @Test
  void afterTheThirdDeathWithinAMinuteTheStreamIsGivenUp() throws Exception {
    Publisher publisher = station.live(stream, 5);
    for (int second = 6; second < 8; second++) {
      die(CRASH);
      send(publisher, second);
    }
    die(CRASH);
    assertThatThrownBy(() -> send(publisher, 9))
        .isInstanceOfSatisfying(
            MediaFormatException.class,
            e -> assertThat(e.defectCode()).isEqualTo("worker_crashed"));
    publisher.end(EndReason.REFUSED);
    assertFailed("worker_crashed");
    await().until(() -> !station.pipelines.stop(stream.stream().id()));
    PlaylistView playlist = station.playlist(stream, VIDEO);
    assertThat(playlist.ended()).isTrue();
    assertThat(playlist.totalSeconds()).isGreaterThanOrEqualTo(6.0);
    assertThat(station.transcoder.workers).hasSize(3);
  }

  @Test
  void aSourceThatNoWorkerCanDecodeIsAnErrorAtOnce() throws Exception {
    station.transcoder.onOpen =
        worker -> {
          worker.failure = UNDECODABLE;
          worker.failAfter = 0;
        };
    Publisher publisher = station.connect(stream).start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(0.04, Publisher.VIDEO);
    station.transcoder.last().ended.await();
    assertThatThrownBy(() -> send(publisher, 1)).isInstanceOf(MediaFormatException.class);
    publisher.end(EndReason.REFUSED);
    assertFailed("video_undecodable");
    assertThat(station.transcoder.workers).hasSize(1);
  }

  @Test
  void aSourceThatEndsBeforeItsFaultIsSeenIsAnErrorToo() throws Exception {
    Publisher publisher = station.live(stream, 3);
    die(UNDECODABLE);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.ERROR);
    assertFailed("video_undecodable");
  }

  @Test
  void encodersWhoseOutputCannotBePackagedAreAnError() throws Exception {
    station.transcoder.onOpen =
        worker -> worker.videoConfig = new CodecConfig.Avc(ByteBuffer.allocate(3));
    Publisher publisher = station.connect(stream).start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(0.04, Publisher.VIDEO);
    station.transcoder.last().ended.await();
    publisher.end(EndReason.CLEAN);
    assertFailed("packaging_failed");
  }

  @Test
  void aStreamThatFailedTakesNoPublisherAndMayBeDeleted() throws Exception {
    Publisher publisher = station.live(stream, 5);
    die(UNDECODABLE);
    publisher.end(EndReason.CONNECTION_LOST);
    assertThatThrownBy(() -> station.connect(stream)).hasMessageContaining("ended");
    station.delete(stream);
    assertThat(station.objectsOf(stream)).isEmpty();
  }
}
