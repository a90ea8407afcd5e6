package io.streaminfa.pipeline;

import static io.streaminfa.pipeline.ScriptedFileTranscoder.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.packager.PackagerMetrics;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.packager.VodPackager;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.stream.MemoryStreamStore;
import io.streaminfa.stream.StreamDefaults;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.units.FrameRate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VodWorkTest {
  private static final StreamId ID = StreamId.create(Clock.systemUTC());
  private static final VodJobPlan PLAN =
      VodJobPlan.of(
          VodPlan.of(ScriptedFileTranscoder.probe(30), VodStation.SETTINGS), Duration.ofSeconds(2));
  private static final List<VodChunk> CHUNKS = VodChunk.pending(ID, PLAN.spans(3));

  private final List<Double> told = new ArrayList<>();
  private final VodWork work =
      new VodWork(Path.of("film.mp4"), PLAN, packager(), (fraction, _) -> told.add(fraction));

  private static VodPackager packager() {
    try {
      PrometheusRegistry registry = new PrometheusRegistry();
      StreamRegistry streams =
          StreamRegistry.open(
              new MemoryStreamStore(), Clock.systemUTC(), new StreamDefaults(true, Set.of()));
      return new VodPackager(
          ID,
          PLAN.renditionNames(),
          new FrameRate(5, 1),
          new PackagedSegments(ID, streams),
          new PackagerServices(
              new PackagingSettings(Duration.ofSeconds(2), 6, 7, Duration.ofHours(1), true),
              new MemoryObjectStore(1 << 20),
              Clock.systemUTC(),
              new PackagerMetrics(registry, new ChannelMetrics(registry)),
              (_, _) -> {}));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void progressIsThatOfThePicturesAndOneAtTheEnd() {
    CHUNKS.forEach(work::finished);
    assertThat(told).hasSize(4).isSorted().startsWith(0.0);
    assertThat(told.get(1)).isCloseTo(1 / 3.0, within(1e-9));
    assertThat(told.getLast()).isCloseTo(1, within(1e-9));
  }

  @Test
  void aChunkThatIsTriedAgainTakesNothingBack() {
    work.reached(CHUNKS.get(1), 8L * SECOND);
    assertThat(told).hasSize(1);
    work.reached(CHUNKS.get(1), SECOND);
    work.finished(CHUNKS.get(2));
    assertThat(told.getLast()).isCloseTo(18 / 30.0, within(1e-9));
    work.finished(CHUNKS.get(1));
    work.finished(CHUNKS.get(3));
    assertThat(told).isSorted();
    assertThat(told.getLast()).isCloseTo(1, within(1e-9));
  }

  @Test
  void itIsToldAtMostTwiceASecondButForTheEndsOfChunks() {
    for (int i = 0; i < 900; i++) {
      work.reached(CHUNKS.get(1), i * 1000L);
    }
    assertThat(told.size()).isBetween(1, 20);
  }

  @Test
  void nothingIsToldOfAJobThatIsOver() {
    work.over();
    work.reached(CHUNKS.get(1), SECOND);
    CHUNKS.forEach(work::finished);
    assertThat(told).isEmpty();
  }
}
