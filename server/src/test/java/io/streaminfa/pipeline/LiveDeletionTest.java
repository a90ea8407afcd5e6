package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.CopyingTranscoder.VIDEO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.media.EndReason;
import io.streaminfa.stream.NewStream;
import io.streaminfa.stream.StreamState;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of live streams that are deleted: nothing. */
final class LiveDeletionTest {
  private static final Duration LONG = Duration.ofSeconds(30);

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

  @Test
  void deletingALiveStreamLeavesNothing() throws Exception {
    Publisher publisher = station.live(stream, 9);
    await().until(() -> !station.objectsOf(stream).isEmpty());
    station.delete(stream);
    assertGone();
    assertThat(publisher.cutOffCode).isCompletedWithValue("stream_deleted");
    assertThat(station.transcoder.last().ended.getCount()).isZero();
  }

  @Test
  void deletingAStreamInItsWindowLeavesNothing() throws Exception {
    station.live(stream, 9).end(EndReason.CONNECTION_LOST);
    station.delete(stream);
    assertGone();
  }

  @Test
  void deletingAStreamThatIsBeingFinishedLeavesNothing() throws Exception {
    use(LivePipelineTest.limits(3, LONG, LONG, LONG));
    station.live(stream, 9).end(EndReason.CLEAN);
    await().until(() -> station.playlist(stream, VIDEO).ended());
    station.delete(stream);
    assertGone();
  }

  @Test
  void deletingAStreamWhoseStoreHangsLeavesNothing() throws Exception {
    Publisher publisher = station.live(stream, 3);
    await().until(() -> !station.objectsOf(stream).isEmpty());
    station.hanging = new CountDownLatch(1);
    publisher.sendUntil(30, Publisher.VIDEO, Publisher.AUDIO);
    // One row is being stored and four wait; the key frame at 14 s hands over one more.
    await().until(() -> station.transcoder.last().done >= 14 * 50);
    station.delete(stream);
    assertGone();
  }

  @Test
  void deletingAStreamWhoseEndTheStoreHoldsUpLeavesNothing() throws Exception {
    Publisher publisher = station.live(stream, 3);
    await().until(() -> !station.objectsOf(stream).isEmpty());
    station.hanging = new CountDownLatch(1);
    publisher.end(EndReason.CLEAN);
    station.awaitState(stream, StreamState.PROCESSING);
    station.delete(stream);
    assertGone();
  }

  private void assertGone() throws Exception {
    assertThat(station.objectsOf(stream)).isEmpty();
    assertThat(station.pipelines.stop(stream.stream().id())).isFalse();
    assertThat(station.find(stream).state()).isEqualTo(StreamState.DELETED);
    LivePipelineTest.assertRejected(
        PublishRejected.Reason.STREAM_ENDED, () -> station.connect(stream));
  }
}
