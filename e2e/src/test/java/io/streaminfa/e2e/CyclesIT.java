package io.streaminfa.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.e2e.kit.ApiClient;
import io.streaminfa.e2e.kit.FfmpegExecutable;
import io.streaminfa.e2e.kit.FilmSpec;
import io.streaminfa.e2e.kit.Footprint;
import io.streaminfa.e2e.kit.SourceFilm;
import io.streaminfa.e2e.kit.StreamInfaServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Streams come and go, and nothing is left of them. {@code -De2e.cycles=200} is the long run; the
 * build makes fewer.
 */
final class CyclesIT {
  @RegisterExtension
  static final StreamInfaServer SERVER =
      StreamInfaServer.named("cycles")
          .withShortSegments()
          .with("ingest.reconnect_window_secs", "2");

  private static final int CYCLES = Integer.getInteger("streaminfa.e2e.cycles", 20);
  private static final int AT_ONCE = 3;
  private static final Duration DEADLINE = Duration.ofSeconds(40);
  private static final Duration SETTLE = Duration.ofSeconds(30);

  /** Idle threads of the JVM and of its pools come and go by a few. */
  private static final int THREAD_SLACK = 4;

  /** A JVM of a few seconds still grows towards its working size; in the long run it may not. */
  private static final double GROWTH = CYCLES >= 100 ? 1.05 : 1.25;

  @Test
  void publishingAndStoppingLeavesNothingBehind() throws Exception {
    SourceFilm film = SourceFilm.make(FilmSpec.of(320, 180, 2_000));
    rounds(film, Math.max(AT_ONCE, CYCLES / 4));
    int idleProcesses = awaitIdle();
    Footprint before = SERVER.footprint();
    List<Long> residentKib = rounds(film, CYCLES);
    assertThat(awaitIdle()).as("processes").isEqualTo(idleProcesses);
    Awaitility.await("descriptors, sockets and threads are given back")
        .atMost(SETTLE)
        .untilAsserted(
            () -> {
              Footprint after = SERVER.footprint();
              assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
              assertThat(after.sockets()).isLessThanOrEqualTo(before.sockets());
              assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + THREAD_SLACK);
            });
    int half = residentKib.size() / 2;
    double first = mean(residentKib.subList(0, half));
    double second = mean(residentKib.subList(half, residentKib.size()));
    assertThat(second).as("resident memory: %s", residentKib).isLessThan(first * GROWTH);
  }

  /** Runs whole rounds of streams at once; the resident memory is read after each round. */
  private static List<Long> rounds(SourceFilm film, int cycles) throws Exception {
    List<Long> residentKib = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ApiClient api = SERVER.api()) {
      for (int done = 0; done < cycles; done += AT_ONCE) {
        List<Callable<Boolean>> round = new ArrayList<>();
        for (int i = 0; i < Math.min(AT_ONCE, cycles - done); i++) {
          boolean killed = (done + i) % 4 == 3;
          round.add(() -> cycle(api, film, killed));
        }
        for (Future<Boolean> future : threads.invokeAll(round)) {
          future.get();
        }
        residentKib.add(SERVER.footprint().residentKib());
      }
    }
    return residentKib;
  }

  /** One life of a stream; every fourth publisher dies without a word. */
  private static boolean cycle(ApiClient api, SourceFilm film, boolean killed) throws Exception {
    ApiClient.LiveStream stream = api.createLive();
    try (FfmpegExecutable.Publisher publisher =
        FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
      if (killed) {
        api.awaitStatus(stream.id(), "live", DEADLINE);
        publisher.kill();
      } else {
        publisher.awaitSuccess(DEADLINE);
      }
    }
    Awaitility.await("the end of " + stream.id())
        .atMost(DEADLINE)
        .until(() -> List.of("ready", "error").contains(api.status(stream.id())));
    if (!killed) {
      assertThat(api.status(stream.id())).isEqualTo("ready");
    }
    assertThat(api.delete(stream.id()).status()).isEqualTo(200);
    return true;
  }

  /** Waits until no worker runs, and returns how many processes the server still has. */
  private static int awaitIdle() {
    Awaitility.await("no worker").atMost(SETTLE).until(() -> SERVER.workers().isEmpty());
    return SERVER.descendants().size();
  }

  private static double mean(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).average().orElseThrow();
  }
}
