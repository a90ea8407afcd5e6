package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamRegistryTest {
  private static final String SETTINGS_KEY = "obs-in-the-studio";
  private static final StreamDefaults DEFAULTS =
      new StreamDefaults(true, Set.of(KeyHash.of(SETTINGS_KEY)));

  private final TestClock clock = new TestClock();
  private final MemoryStreamStore store = new MemoryStreamStore();
  private final List<String> told = new ArrayList<>();
  private StreamRegistry streams;

  @BeforeEach
  void openRegistry() throws StreamException {
    streams = StreamRegistry.open(store, clock, DEFAULTS);
    streams.addListener((number, event, after) -> told.add(number + " " + event.type()));
  }

  @Test
  void aLiveStreamGoesThroughItsLifeAndTellsEveryStep() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    streams.markLive(id);
    streams.publisherLost(id);
    streams.publisherBack(id);
    streams.describe(id, mediaInfo(), List.of(rendition("high"), rendition("low")));
    streams.segmentProduced(id, "low");
    streams.segmentProduced(id, "low");
    streams.processing(id);
    streams.ready(id, Duration.ofSeconds(12));

    Stream ready = streams.find(id).orElseThrow();
    assertThat(ready.state()).isEqualTo(StreamState.READY);
    assertThat(ready.publishing()).isFalse();
    assertThat(ready.duration()).contains(Duration.ofSeconds(12));
    assertThat(ready.progress()).isEqualTo(1);
    assertThat(ready.renditions())
        .extracting(r -> r.name() + " " + r.segmentsProduced() + " " + r.status())
        .containsExactly("high 0 COMPLETE", "low 2 COMPLETE");
    assertThat(told)
        .containsExactly(
            "1 stream_created",
            "2 stream_live",
            "3 stream_publisher_lost",
            "4 stream_publisher_back",
            "5 stream_renditions_added",
            "6 stream_processing",
            "7 stream_ready");
    assertThat(store.loadAll()).containsExactly(ready);
  }

  @Test
  void publishingIsTrueOnlyWhileAPublisherIsThere() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    assertThat(streams.find(id).orElseThrow().publishing()).isFalse();
    assertThat(streams.markLive(id).publishing()).isTrue();
    assertThat(streams.publisherLost(id).publishing()).isFalse();
    assertThat(streams.publisherLost(id).state()).isEqualTo(StreamState.LIVE);
    assertThat(streams.publisherBack(id).publishing()).isTrue();
    assertThat(streams.processing(id).publishing()).isFalse();
  }

  @Test
  void losingAPublisherTwiceIsToldOnce() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    streams.markLive(id);
    streams.publisherLost(id);
    streams.publisherLost(id);
    assertThat(told).filteredOn(e -> e.endsWith("publisher_lost")).hasSize(1);
  }

  @Test
  void aTransitionThatIsNotAllowedChangesNothing() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    Stream before = streams.find(id).orElseThrow();
    assertConflict(() -> streams.ready(id, Duration.ZERO), "illegal_transition");
    assertConflict(() -> streams.processing(id), "wrong_ingest_type");
    assertConflict(() -> streams.publisherLost(id), "stream_not_live");
    assertThat(streams.find(id)).contains(before);
    assertThat(told).containsExactly("1 stream_created");
  }

  @Test
  void anUploadHasNoKeyAndNeverGoesLive() throws StreamException {
    NewStream.Made made =
        streams.create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()));
    assertThat(made.key()).isEmpty();
    assertThat(made.stream().record()).isTrue();
    StreamId id = made.stream().id();
    assertConflict(() -> streams.markLive(id), "wrong_ingest_type");
    assertConflict(() -> streams.rotateKey(id), "wrong_ingest_type");
    streams.processing(id);
    streams.progress(id, 0.25, Optional.of(Duration.ofSeconds(90)));
    assertThat(streams.find(id).orElseThrow().progress()).isEqualTo(0.25);
  }

  @Test
  void anUploadThatIsCompleteIsQueuedWithTheChangeOfItsState() throws StreamException {
    List<String> queued = new ArrayList<>();
    StreamRegistry registry =
        StreamRegistry.open(
            new MemoryStreamStore(
                (stream, source) -> queued.add(source.path() + " " + stream.state())),
            clock,
            DEFAULTS);
    StreamId upload =
        registry.create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    StreamId live =
        registry.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    SourceFile source = new SourceFile("uploads/film.mp4");
    registry.processing(upload, source);
    assertConflict(() -> registry.processing(upload, source), "illegal_transition");
    registry.markLive(live);
    assertConflict(() -> registry.processing(live, source), "wrong_ingest_type");
    assertThat(queued).containsExactly("uploads/film.mp4 PROCESSING");
  }

  @Test
  void aFailureKeepsItsCodeAndEndsItsRenditions() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    streams.markLive(id);
    streams.describe(id, mediaInfo(), List.of(rendition("high")));
    Stream failed = streams.fail(id, "worker_crashed", "it is gone");
    assertThat(failed.failure()).contains(new StreamFailure("worker_crashed", "it is gone"));
    assertThat(failed.renditions().getFirst().status()).isEqualTo(StreamRendition.Status.FAILED);
    assertConflict(() -> streams.fail(id, "again", ""), "illegal_transition");
  }

  @Test
  void anUnknownStreamIsNotFound() {
    StreamId nobody = StreamId.create(clock);
    assertThatThrownBy(() -> streams.markLive(nobody)).isInstanceOf(StreamException.NotFound.class);
    streams.segmentProduced(nobody, "high");
    assertThat(streams.find(nobody)).isEmpty();
  }

  @Test
  void aKeyOpensItsStreamUntilItEnds() throws StreamException {
    NewStream.Made made = makeRtmp();
    String key = made.key().orElseThrow().secret();
    StreamId id = made.stream().id();
    assertThat(streams.findByKey(key).map(Stream::id)).contains(id);
    assertThat(opened(key)).isEqualTo(id);
    streams.markLive(id);
    assertThat(opened(key)).isEqualTo(id);
    streams.processing(id);
    assertThat(streams.resolveForPublish(key))
        .isEqualTo(new PublishTarget.Refused(PublishTarget.Reason.ENDED));
    streams.delete(id);
    assertThat(streams.resolveForPublish(key))
        .isEqualTo(new PublishTarget.Refused(PublishTarget.Reason.DELETED));
    assertThat(streams.resolveForPublish("sk_guess"))
        .isEqualTo(new PublishTarget.Refused(PublishTarget.Reason.UNKNOWN_KEY));
  }

  @Test
  void aRotatedKeyOpensTheStreamAndTheOldOneNothing() throws StreamException {
    NewStream.Made made = makeRtmp();
    streams.markLive(made.stream().id());
    NewStream.Made rotated = streams.rotateKey(made.stream().id());
    assertThat(rotated.stream().publishing()).isTrue();
    assertThat(opened(rotated.key().orElseThrow().secret())).isEqualTo(made.stream().id());
    assertThat(streams.resolveForPublish(made.key().orElseThrow().secret()))
        .isEqualTo(new PublishTarget.Refused(PublishTarget.Reason.UNKNOWN_KEY));
  }

  @Test
  void aKeyOfTheSettingsMakesItsStreamAndANewOneAfterItsEnd() throws StreamException {
    StreamId first = opened(SETTINGS_KEY);
    assertThat(opened(SETTINGS_KEY)).isEqualTo(first);
    streams.markLive(first);
    assertThat(opened(SETTINGS_KEY)).isEqualTo(first);
    streams.processing(first);
    clock.advance(Duration.ofSeconds(1));
    StreamId second = opened(SETTINGS_KEY);
    assertThat(second).isNotEqualTo(first);
    streams.delete(second);
    assertThat(opened(SETTINGS_KEY)).isNotIn(first, second);
    assertConflict(() -> streams.rotateKey(opened(SETTINGS_KEY)), "key_from_settings");
  }

  @Test
  void theNewestStreamOfAKeyIsFoundAfterARestart() throws StreamException {
    StreamId first = opened(SETTINGS_KEY);
    streams.markLive(first);
    streams.processing(first);
    clock.advance(Duration.ofSeconds(1));
    StreamId second = opened(SETTINGS_KEY);
    StreamRegistry restarted = StreamRegistry.open(store, clock, DEFAULTS);
    assertThat(restarted.findByKey(SETTINGS_KEY).map(Stream::id)).contains(second);
  }

  @Test
  void afterARestartNobodyIsPublishing() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    streams.markLive(id);
    StreamRegistry restarted = StreamRegistry.open(store, clock, DEFAULTS);
    Stream waiting = restarted.find(id).orElseThrow();
    assertThat(waiting.state()).isEqualTo(StreamState.LIVE);
    assertThat(waiting.publishing()).isFalse();
  }

  @Test
  void recordChangesOnlyUntilTheStreamIsLive() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    assertThat(streams.edit(id, Optional.empty(), Optional.of(false)).record()).isFalse();
    streams.markLive(id);
    assertConflict(
        () -> streams.edit(id, Optional.empty(), Optional.of(true)), "stream_already_live");
    assertThat(streams.edit(id, Optional.empty(), Optional.of(false)).record()).isFalse();
    streams.processing(id);
    assertConflict(() -> streams.edit(id, Optional.empty(), Optional.of(true)), "record_decided");
    Metadata metadata = new Metadata("{\"a\":1}");
    assertThat(streams.edit(id, Optional.of(metadata), Optional.of(false)).metadata())
        .isEqualTo(metadata);
  }

  @Test
  void aDeletedStreamIsUnlistedAndStaysADay() throws StreamException {
    StreamId id = makeRtmp().stream().id();
    streams.delete(id);
    streams.delete(id);
    assertThat(told).filteredOn(e -> e.endsWith("deleted")).hasSize(1);
    assertThat(streams.list(StreamFilter.ALL, Optional.empty(), 10).streams()).isEmpty();
    assertThat(streams.count(deletedOnes())).isEqualTo(1);
    assertConflict(() -> streams.edit(id, Optional.empty(), Optional.empty()), "stream_deleted");

    clock.advance(Duration.ofHours(24).minusMillis(1));
    assertThat(streams.purge(clock.instant())).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(streams.purge(clock.instant())).isEqualTo(1);
    assertThat(streams.find(id)).isEmpty();
    assertThat(streams.count(deletedOnes())).isZero();
    assertThat(store.loadAll()).isEmpty();
  }

  @Test
  void pagesAreNewestFirstAndTheCursorSurvivesChanges() throws StreamException {
    List<StreamId> made = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      clock.advance(Duration.ofMillis(1));
      made.add(makeRtmp().stream().id());
    }
    StreamPage first = streams.list(StreamFilter.ALL, Optional.empty(), 3);
    assertThat(first.streams())
        .extracting(Stream::id)
        .containsExactly(made.get(6), made.get(5), made.get(4));
    assertThat(first.total()).isEqualTo(7);

    clock.advance(Duration.ofMillis(1));
    makeRtmp();
    streams.delete(made.get(4));
    clock.advance(Duration.ofDays(2));
    streams.purge(clock.instant());
    StreamPage second = streams.list(StreamFilter.ALL, first.next(), 4);
    assertThat(second.streams())
        .extracting(Stream::id)
        .containsExactly(made.get(3), made.get(2), made.get(1), made.get(0));
    assertThat(second.next()).isEmpty();
    assertThat(second.total()).isEqualTo(7);
  }

  @Test
  void aListShowsWhatItsFilterAsksFor() throws StreamException {
    StreamId live = makeRtmp().stream().id();
    streams.markLive(live);
    makeRtmp();
    streams.create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty()));
    StreamFilter pendingRtmp =
        new StreamFilter(Optional.of(StreamState.PENDING), Optional.of(IngestType.RTMP));
    assertThat(streams.list(pendingRtmp, Optional.empty(), 10).total()).isEqualTo(1);
    assertThat(streams.list(pendingRtmp, Optional.empty(), 10).streams()).hasSize(1);
    assertThat(streams.count(StreamFilter.ALL)).isEqualTo(3);
  }

  @Test
  void aChangeThatCannotBeSavedDidNotHappen() throws StreamException {
    BrokenStore broken = new BrokenStore();
    StreamRegistry registry = StreamRegistry.open(broken, clock, DEFAULTS);
    NewStream.Made made =
        registry.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()));
    registry.addListener((_, event, _) -> told.add(event.type()));
    broken.fails = true;
    StreamId id = made.stream().id();
    assertThatThrownBy(() -> registry.markLive(id)).isInstanceOf(StreamException.StoreFailed.class);
    assertThatThrownBy(() -> registry.rotateKey(id))
        .isInstanceOf(StreamException.StoreFailed.class);
    assertThat(registry.find(id)).contains(made.stream());
    assertThat(registry.findByKey(made.key().orElseThrow().secret())).contains(made.stream());
    assertThat(told).isEmpty();
  }

  @Test
  void aFileTellsEachTenthOnceAndOnTheWayUpOnly() throws StreamException {
    StreamId id =
        streams.create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    streams.processing(id);
    List<Integer> tenths = new ArrayList<>();
    streams.addListener(
        (_, event, _) -> {
          if (event instanceof StreamEvent.Progress progress) {
            tenths.add(progress.tenths());
          }
        });
    for (double fraction : new double[] {0.05, 0.1, 0.15, 0.1 + 0.2, 0.25, 0.29, 0.9, 1, 1}) {
      streams.progress(id, fraction, Optional.empty());
    }
    assertThat(tenths).containsExactly(1, 3, 9);
    assertThat(streams.find(id).orElseThrow().progress()).isEqualTo(1);
  }

  @Test
  void aTenthThatCannotBeSavedDoesNotStopTheWork() throws StreamException {
    BrokenStore broken = new BrokenStore();
    StreamRegistry registry = StreamRegistry.open(broken, clock, DEFAULTS);
    StreamId id =
        registry.create(new NewStream(IngestType.UPLOAD, Metadata.EMPTY, Optional.empty())).stream()
            .id();
    registry.processing(id);
    registry.addListener((_, event, _) -> told.add(event.type()));
    broken.fails = true;
    registry.progress(id, 0.4, Optional.empty());
    assertThat(told).isEmpty();
    broken.fails = false;
    registry.progress(id, 0.45, Optional.empty());
    assertThat(told).containsExactly("stream_progress");
  }

  @Test
  void aListenerThatFailsDoesNotUndoAChange() throws StreamException {
    streams.addListener(
        (_, _, _) -> {
          throw new IllegalStateException("a broken listener");
        });
    StreamId id = makeRtmp().stream().id();
    assertThat(streams.markLive(id).state()).isEqualTo(StreamState.LIVE);
  }

  private static final class BrokenStore implements StreamStore {
    private boolean fails;

    @Override
    public List<Stream> loadAll() {
      return List.of();
    }

    @Override
    public long save(Stream stream, StreamEvent event) throws StreamException.StoreFailed {
      if (fails) {
        throw new StreamException.StoreFailed("no disk", new java.io.IOException("full"));
      }
      return 1;
    }

    @Override
    public long save(Stream stream, StreamEvent event, SourceFile source)
        throws StreamException.StoreFailed {
      return save(stream, event);
    }

    @Override
    public void remove(StreamId id) {}

    @Override
    public void close() {}
  }

  private NewStream.Made makeRtmp() throws StreamException {
    return streams.create(new NewStream(IngestType.RTMP, Metadata.EMPTY, Optional.empty()));
  }

  private StreamId opened(String key) throws StreamException {
    assertThat(streams.resolveForPublish(key)).isInstanceOf(PublishTarget.Open.class);
    return ((PublishTarget.Open) streams.resolveForPublish(key)).stream().id();
  }

  private static StreamFilter deletedOnes() {
    return new StreamFilter(Optional.of(StreamState.DELETED), Optional.empty());
  }

  static MediaInfo mediaInfo() {
    return new MediaInfo(
        Optional.of(
            new MediaInfo.Video("h264", new Resolution(1280, 720), new FrameRate(30_000, 1001))),
        Optional.of(new MediaInfo.Audio("aac", 48_000, 2)));
  }

  private static StreamRendition rendition(String name) {
    return new StreamRendition(
        name,
        Optional.of(new Resolution(1280, 720)),
        Bitrate.ofKbps(2000),
        0,
        StreamRendition.Status.ACTIVE);
  }

  private static void assertConflict(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StreamException.Conflict.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
