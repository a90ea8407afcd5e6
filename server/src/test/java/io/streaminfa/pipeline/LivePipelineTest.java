package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.CopyingTranscoder.AUDIO;
import static io.streaminfa.pipeline.CopyingTranscoder.VIDEO;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.media.EndReason;
import io.streaminfa.packager.PlaylistView;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.stream.StreamState;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** How live streams begin, are interrupted and end. */
final class LivePipelineTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(40);

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

  private void use(LiveLimits limits) throws Exception {
    station.close();
    station = new Station(limits);
    stream = station.make();
  }

  static LiveLimits limits(int maxStreams, Duration window, Duration grace, Duration dead) {
    return new LiveLimits(maxStreams, window, grace, dead, Duration.ofSeconds(10));
  }

  static void assertRejected(PublishRejected.Reason reason, ThrowingCallable attempt) {
    assertThatThrownBy(attempt)
        .isInstanceOfSatisfying(
            PublishRejected.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void aStreamGoesFromPendingOverLiveAndProcessingToReady() throws Exception {
    use(limits(3, LONG, LONG, LONG));
    Publisher publisher = station.connect(stream);
    assertThat(station.find(stream).state()).isEqualTo(StreamState.PENDING);
    publisher.start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(7, Publisher.VIDEO, Publisher.AUDIO);
    station.awaitState(stream, StreamState.LIVE);
    assertThat(station.find(stream).publishing()).isTrue();
    await().until(() -> station.find(stream).renditions().size() == 2);
    assertThat(station.publishers()).isOne();
    assertThat(station.counted("streaminfa_ingest_frames")).isEqualTo(350);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.PROCESSING);
    await().until(() -> station.playlist(stream, VIDEO).ended());
    assertThat(station.playlist(stream, VIDEO).type()).isEmpty();
    station.close();
    assertThat(station.find(stream).state()).isEqualTo(StreamState.READY);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(7));
    assertThat(station.find(stream).renditions())
        .allMatch(r -> r.status() == StreamRendition.Status.COMPLETE && r.segmentsProduced() == 4);
    assertThat(station.playlist(stream, AUDIO).type()).isEqualTo("VOD");
    assertThat(station.counted("streaminfa_ingest_frames")).isZero();
  }

  @Test
  void recordMayChangeUntilTheFirstPictureAndThenItIsWhatTheStreamBecomes() throws Exception {
    Publisher publisher = station.connect(stream);
    station.registry.edit(stream.stream().id(), Optional.empty(), Optional.of(false));
    publisher.start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(31, Publisher.VIDEO, Publisher.AUDIO);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.playlist(stream, VIDEO).ended()).isTrue();
    assertThat(station.playlist(stream, VIDEO).sequence()).isPositive();
    assertThat(station.objects.get(metadata())).isEmpty();
  }

  @Test
  void aRecordingIsDescribedBesideIt() throws Exception {
    station.live(stream, 7).end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    ByteBuffer stored = station.objects.get(metadata()).orElseThrow().data();
    JsonNode document = new ObjectMapper().readTree(UTF_8.decode(stored).toString());
    assertThat(document.path("stream_id").asText()).isEqualTo(stream.stream().id().value());
    assertThat(document.path("created_at").asText())
        .isEqualTo(stream.stream().createdAt().toString());
    assertThat(document.path("duration_secs").asDouble()).isEqualTo(7.0);
    JsonNode video = document.path("renditions").path(0);
    assertThat(video.path("name").asText()).isEqualTo(VIDEO);
    assertThat(video.path("width").asInt()).isPositive();
    assertThat(document.path("renditions").path(1).has("width")).isFalse();
  }

  private ObjectKey metadata() {
    return ObjectKey.metadata(stream.stream().id().value());
  }

  @Test
  void aPublisherThatComesBackGoesOnBehindOneDiscontinuity() throws Exception {
    Publisher first = station.live(stream, 5);
    first.end(EndReason.CONNECTION_LOST);
    station.awaitPublishing(stream, false);
    assertThat(station.find(stream).state()).isEqualTo(StreamState.LIVE);
    Publisher second = station.live(stream, 4);
    station.awaitPublishing(stream, true);
    second.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    for (String rendition : new String[] {VIDEO, AUDIO}) {
      PlaylistView playlist = station.playlist(stream, rendition);
      assertThat(playlist.sequence()).isZero();
      assertThat(playlist.ended()).isTrue();
      assertThat(playlist.all())
          .extracting(PlaylistView.Entry::discontinuity)
          .containsExactly(false, false, false, true, false);
      assertThat(playlist.all())
          .extracting(PlaylistView.Entry::uri)
          .containsExactly("000000.m4s", "000001.m4s", "000002.m4s", "000003.m4s", "000004.m4s");
    }
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(9));
    assertThat(station.transcoder.last().encodeFromMillis).isEqualTo(5000);
  }

  @Test
  void aStreamWhosePublisherDoesNotComeBackIsFinished() throws Exception {
    use(limits(3, SHORT, Duration.ZERO, LONG));
    station.live(stream, 3).end(EndReason.CONNECTION_LOST);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.playlist(stream, VIDEO).ended()).isTrue();
    assertRejected(PublishRejected.Reason.STREAM_ENDED, () -> station.connect(stream));
  }

  @Test
  void everyThreadsLogLinesNameTheStream() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(LivePipeline.class.getPackageName());
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    try {
      use(limits(3, SHORT, Duration.ZERO, LONG));
      station.live(stream, 3).end(EndReason.CONNECTION_LOST);
      station.awaitState(stream, StreamState.READY);
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(null);
    }
    String id = stream.stream().id().value();
    for (String said : List.of("the publisher did not come back", "the stream can be played")) {
      assertThat(List.copyOf(lines.list))
          .filteredOn(line -> line.getFormattedMessage().equals(said))
          .singleElement()
          .satisfies(line -> assertThat(line.getMDCPropertyMap()).containsEntry("stream_id", id));
    }
  }

  @Test
  void withoutAWindowAStreamEndsWithItsConnection() throws Exception {
    use(limits(3, Duration.ZERO, Duration.ZERO, LONG));
    station.live(stream, 3).end(EndReason.CONNECTION_LOST);
    station.awaitState(stream, StreamState.READY);
  }

  @Test
  void aPublisherThatSendsNothingLeavesThePendingStreamAndNoTrace() throws Exception {
    use(limits(1, LONG, Duration.ZERO, LONG));
    for (EndReason reason : EndReason.values()) {
      station.connect(stream).end(reason);
      Publisher silent = station.connect(stream).start(Publisher.AUDIO);
      silent.sendUntil(1, Publisher.AUDIO).end(reason);
      assertThat(station.publishers()).isZero();
    }
    assertThat(station.find(stream).state()).isEqualTo(StreamState.PENDING);
    NewStream.Made other = station.make();
    await().untilAsserted(() -> station.connect(other).end(EndReason.CLEAN));
    station.live(stream, 3).end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
  }

  @Test
  void aSecondPublisherOnALiveKeyIsBusy() throws Exception {
    Publisher publisher = station.live(stream, 3);
    assertRejected(PublishRejected.Reason.BUSY, () -> station.connect(stream));
    publisher.sendUntil(5, Publisher.VIDEO, Publisher.AUDIO).end(EndReason.CLEAN);
    assertThat(publisher.cutOffCode).isNotDone();
    station.awaitState(stream, StreamState.READY);
  }

  @Test
  void aSilentPublisherGivesWayAndTheStreamGoesOn() throws Exception {
    use(limits(3, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    Publisher silent = station.live(stream, 3);
    Publisher next = station.live(stream, 3);
    assertThat(silent.cutOffCode).isCompletedWithValue("publisher_replaced");
    assertThat(station.publishers()).isOne();
    next.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(6));
  }

  @Test
  void aPublisherThatNeverSentAnythingGivesWayToo() throws Exception {
    use(limits(3, LONG, Duration.ZERO, Duration.ZERO));
    Publisher silent = station.connect(stream);
    station.live(stream, 3).end(EndReason.CLEAN);
    assertThat(silent.cutOffCode).isCompletedWithValue("publisher_replaced");
    station.awaitState(stream, StreamState.READY);
  }

  @Test
  void aPublisherThatIsBackBeforeItsOldEncodersHaveDrainedWaitsForThem() throws Exception {
    CountDownLatch mayDrain = new CountDownLatch(1);
    station.transcoder.onOpen = worker -> worker.mayDrain = mayDrain;
    Publisher first = station.live(stream, 3);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var end =
          CompletableFuture.runAsync(() -> endQuietly(first, EndReason.CONNECTION_LOST), threads);
      await().until(() -> station.transcoder.last().endCalled);
      var back = threads.submit(() -> station.live(stream, 3));
      mayDrain.countDown();
      back.get().end(EndReason.CLEAN);
      end.join();
    }
    station.awaitState(stream, StreamState.READY);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(6));
  }

  private static void endQuietly(Publisher publisher, EndReason reason) {
    try {
      publisher.end(reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void streamsInTheirWindowCountAndThoseThatAreFinishedDoNot() throws Exception {
    use(limits(2, LONG, LONG, LONG));
    NewStream.Made other = station.make();
    NewStream.Made third = station.make();
    station.live(stream, 3).end(EndReason.CONNECTION_LOST);
    Publisher second = station.live(other, 3);
    assertRejected(PublishRejected.Reason.TOO_MANY_STREAMS, () -> station.connect(third));
    second.end(EndReason.CLEAN);
    station.connect(third).end(EndReason.CLEAN);
    station.awaitState(other, StreamState.PROCESSING);
    station.live(stream, 1).end(EndReason.CLEAN);
  }

  @Test
  void withoutRoomForWhatWaitsNewStreamsAreRefusedAndRunningOnesGoOn() throws Exception {
    Publisher publisher = station.live(stream, 3);
    station.storeTakesMedia = false;
    NewStream.Made other = station.make();
    assertRejected(PublishRejected.Reason.STORAGE_SPOOL_FULL, () -> station.connect(other));
    publisher.sendUntil(6, Publisher.VIDEO, Publisher.AUDIO);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    station.storeTakesMedia = true;
    station.connect(other).end(EndReason.CLEAN);
  }

  @Test
  void aStreamWhoseSegmentsFindNoRoomIsCutOffAndWhatIsStoredIsItsRecording() throws Exception {
    Publisher publisher = station.live(stream, 5);
    station.storeTakesMedia = false;
    station.failureKind = StorageException.Kind.FULL;
    station.failing = key -> key.type() == ObjectKey.ObjectType.SEGMENT;
    publisher.sendUntil(12, Publisher.VIDEO, Publisher.AUDIO);
    assertThat(publisher.cutOffCode).succeedsWithin(LONG).isEqualTo("storage_spool_full");
    station.awaitState(stream, StreamState.READY);
    assertThat(station.playlist(stream, "high").all())
        .extracting(entry -> entry.gap())
        .contains(false, true);
  }

  @Test
  void stoppingCutsThePublisherOffAndFinishesTheStream() throws Exception {
    Publisher publisher = station.live(stream, 3);
    assertThat(station.pipelines.stop(stream.stream().id())).isTrue();
    assertThat(publisher.cutOffCode).succeedsWithin(LONG).isEqualTo("stream_stopped");
    station.awaitState(stream, StreamState.READY);
    await().until(() -> !station.pipelines.stop(stream.stream().id()));
  }

  @Test
  void stoppingInTheWindowFinishesTheStream() throws Exception {
    station.live(stream, 3).end(EndReason.CONNECTION_LOST);
    assertThat(station.pipelines.stop(stream.stream().id())).isTrue();
    station.awaitState(stream, StreamState.READY);
  }

  @Test
  void aPublisherThatIsStoppedBeforeItListensHearsOfIt() throws Exception {
    PublishSession session = station.pipelines.open(Station.request(stream));
    station.pipelines.stop(stream.stream().id());
    Publisher publisher = new Publisher(session).obeying();
    assertThat(publisher.cutOffCode).succeedsWithin(LONG).isEqualTo("stream_stopped");
    await().until(() -> station.publishers() == 0);
  }

  @Test
  void aServerThatClosesFinishesWhatIsLiveAndWhatWaits() throws Exception {
    use(limits(3, LONG, LONG, LONG));
    NewStream.Made waiting = station.make();
    NewStream.Made pending = station.make();
    station.live(waiting, 3).end(EndReason.CONNECTION_LOST);
    Publisher connected = station.live(stream, 3);
    Publisher silent = station.connect(pending);
    station.pipelines.close();
    assertThat(connected.cutOffCode).isCompletedWithValue("server_shutdown");
    assertThat(silent.cutOffCode).isCompletedWithValue("server_shutdown");
    for (NewStream.Made made : new NewStream.Made[] {stream, waiting}) {
      assertThat(station.find(made).state()).isEqualTo(StreamState.READY);
      assertThat(station.playlist(made, VIDEO).type()).isEqualTo("VOD");
    }
    assertThat(station.find(pending).state()).isEqualTo(StreamState.PENDING);
    assertRejected(PublishRejected.Reason.SHUTTING_DOWN, () -> station.connect(pending));
  }

  @Test
  void soundThatComesLateBeginsANewEpoch() throws Exception {
    Publisher publisher = station.connect(stream).start(Publisher.VIDEO);
    publisher.sendUntil(4, Publisher.VIDEO);
    publisher.start(Publisher.VIDEO, Publisher.AUDIO);
    publisher.sendUntil(8, Publisher.VIDEO, Publisher.AUDIO).end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.transcoder.workers).hasSize(2);
    assertThat(station.transcoder.last().encodeFromMillis).isEqualTo(4000);
    assertThat(station.playlist(stream, VIDEO).all())
        .extracting(PlaylistView.Entry::discontinuity)
        .containsExactly(false, false, true, false);
    assertThat(station.playlist(stream, AUDIO).all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(true, true, false, false);
    assertThat(station.find(stream).duration()).hasValue(Duration.ofSeconds(8));
  }

  @Test
  void aRecordingThatCannotBeStoredIsAnError() throws Exception {
    Publisher publisher = station.live(stream, 7);
    await().until(() -> station.playlist(stream, VIDEO).all().size() == 3);
    station.failing = _ -> true;
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.ERROR);
    assertThat(station.find(stream).failure().map(StreamFailure::code))
        .hasValue("storage_unavailable");
    await().until(() -> !station.pipelines.stop(stream.stream().id()));
  }

  @Test
  void aStoreThatFailsForAWhileLeavesGapsAndTheStreamGoesOn() throws Exception {
    station.failing = key -> key.value().endsWith("000001.m4s");
    station.live(stream, 7).end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.READY);
    assertThat(station.playlist(stream, VIDEO).all())
        .extracting(PlaylistView.Entry::gap)
        .containsExactly(false, true, false, false);
  }
}
