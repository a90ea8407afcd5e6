package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoSourceTest {
  @TempDir Path directory;

  private static final class Collected implements MediaSink {
    final List<Track> tracks = new CopyOnWriteArrayList<>();
    final List<Sample> samples = new CopyOnWriteArrayList<>();
    final List<EndReason> ends = new CopyOnWriteArrayList<>();

    @Override
    public void start(List<Track> announced) {
      tracks.addAll(announced);
    }

    @Override
    public void write(Sample sample) {
      samples.add(sample);
    }

    @Override
    public void end(EndReason reason) {
      ends.add(reason);
    }
  }

  @Test
  void aDemonstrationIsASourceUntilItIsClosed() throws Exception {
    Collected sink = new Collected();
    try (DemoSource demo =
        DemoSource.open(
            WorkerCommand.ofThisProcess(),
            new Resolution(640, 360),
            new FrameRate(30_000, 1001),
            sink)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> sink.samples.stream().filter(s -> s.trackId() == 1).count() > 30);
      assertThat(sink.tracks).hasSize(2);
      assertThat(demo).isNotNull();
    }
    assertThat(sink.ends).containsExactly(EndReason.CLEAN);
    List<Sample> video = sink.samples.stream().filter(s -> s.trackId() == 1).toList();
    assertThat(video.getFirst().sync()).isTrue();
    for (int i = 1; i < video.size(); i++) {
      assertThat(video.get(i).dtsTicks() - video.get(i - 1).dtsTicks()).isEqualTo(3003);
    }
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void trainingEndsByItself() throws Exception {
    WorkerCommand command = WorkerCommand.ofThisProcess();
    Path cache = directory.resolve("worker.aot");
    ProcessBuilder builder = new ProcessBuilder(withoutCache(command, cache));
    builder.environment().putAll(command.environment());
    Process process = builder.inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }

  /** The cache itself wants jars only; the run is what is tested. */
  private static List<String> withoutCache(WorkerCommand command, Path cache) throws IOException {
    assertThat(Files.exists(cache)).isFalse();
    return command.training(cache).stream()
        .filter(argument -> !argument.startsWith("-XX:AOTCacheOutput"))
        .toList();
  }
}
