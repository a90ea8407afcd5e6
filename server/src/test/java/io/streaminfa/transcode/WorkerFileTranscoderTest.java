package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.media.Sample;
import io.streaminfa.observability.ChannelMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real workers on real files. */
class WorkerFileTranscoderTest {
  private static final ProbeLimits LIMITS =
      new ProbeLimits(List.of("h264"), List.of("aac"), Duration.ofMinutes(1), 4096);

  @TempDir static Path directory;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final FileTranscoder transcoder =
      new WorkerFileTranscoder(
          WorkerCommand.ofThisProcess(),
          new TranscodeMetrics(registry, new ChannelMetrics(registry)));

  @AfterEach
  void noWorkerIsLeft() {
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private static class Recorded implements FileOutput {
    final List<Rendition> renditions = new ArrayList<>();
    final List<Sample> samples = new ArrayList<>();
    final List<Long> reached = new ArrayList<>();

    @Override
    public void renditions(List<Rendition> opened) {
      renditions.addAll(opened);
    }

    @Override
    public void encoded(Sample sample) throws InterruptedException {
      samples.add(sample);
    }

    @Override
    public void reached(long ticks) {
      reached.add(ticks);
    }

    List<Sample> of(Rendition rendition) {
      return samples.stream().filter(s -> s.trackId() == rendition.track().id()).toList();
    }
  }

  @Test
  void aFileBecomesItsLadder() throws Exception {
    Path file = MadeFile.both(directory, "ladder.mp4", "1280x720", "25", 5, "");
    MediaProbe probe = transcoder.probe(file, LIMITS);
    VodPlan plan = VodPlan.of(probe, TestLadder.SETTINGS);
    Recorded first = new Recorded();
    Recorded again = new Recorded();
    Recorded second = new Recorded();
    Recorded audio = new Recorded();
    EncodedRange one =
        transcoder.encodeVideo(new VideoChunkRequest(file, plan, 0, 180_000, 1), first);
    transcoder.encodeVideo(new VideoChunkRequest(file, plan, 180_000, Long.MAX_VALUE, 1), second);
    transcoder.encodeVideo(new VideoChunkRequest(file, plan, 180_000, Long.MAX_VALUE, 1), again);
    EncodedRange sound = transcoder.encodeAudio(new AudioRequest(file, plan, 450_000), audio);

    assertThat(one).isEqualTo(new EncodedRange(50, 180_000, 0));
    assertThat(sound).isEqualTo(new EncodedRange(0, 450_000, 0));
    assertThat(first.renditions).extracting(Rendition::name).containsExactly("medium", "low");
    assertThat(audio.renditions)
        .extracting(Rendition::name)
        .containsExactly("audio_128k", "audio_96k");
    assertThat(second.renditions).isEqualTo(first.renditions);
    assertThat(first.of(first.renditions.getFirst())).hasSize(50);
    assertThat(second.of(first.renditions.getFirst())).hasSize(75);
    for (Rendition rendition : second.renditions) {
      assertThat(again.of(rendition)).as("the same bytes").isEqualTo(second.of(rendition));
    }
    assertThat(first.reached).isSorted().allMatch(ticks -> ticks <= 180_000);
  }

  @Test
  void aRefusalKeepsItsCode() throws Exception {
    Path text = directory.resolve("text.mp4");
    Files.writeString(text, "no media");
    assertThatThrownBy(() -> transcoder.probe(text, LIMITS))
        .isInstanceOfSatisfying(
            TranscodeException.class,
            e -> {
              assertThat(e.code()).isEqualTo("not_a_media_file");
              assertThat(e.sourceAtFault()).isTrue();
            });
  }

  @Test
  void anInterruptEndsTheWorkerAtOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    VodPlan plan = longPlan();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    transcoder.encodeVideo(
                        new VideoChunkRequest(longFile(), plan, 0, Long.MAX_VALUE, 1),
                        new Recorded() {
                          @Override
                          public void encoded(Sample sample) {
                            begun.countDown();
                          }
                        });
                    end.complete(new AssertionError("not interrupted"));
                  } catch (Exception e) {
                    end.complete(e);
                  }
                });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    caller.interrupt();
    assertThat(end.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void aSlowConsumerHoldsTheWorkerBackAndIsNoHang() throws Exception {
    VodPlan plan = longPlan();
    Recorded slow =
        new Recorded() {
          @Override
          public void encoded(Sample sample) throws InterruptedException {
            super.encoded(sample);
            if (samples.size() == 20) {
              assertThat(new CountDownLatch(1).await(3, TimeUnit.SECONDS)).isFalse();
            }
          }
        };
    EncodedRange range =
        transcoder.encodeVideo(new VideoChunkRequest(longFile(), plan, 0, 360_000, 1), slow);
    assertThat(range.pictures()).isEqualTo(100);
  }

  @Test
  void aWorkerThatDiesIsACrash() throws Exception {
    VodPlan plan = longPlan();
    Recorded killing =
        new Recorded() {
          @Override
          public void encoded(Sample sample) {
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
          }
        };
    assertThatThrownBy(
            () ->
                transcoder.encodeVideo(
                    new VideoChunkRequest(longFile(), plan, 0, Long.MAX_VALUE, 1), killing))
        .isInstanceOfSatisfying(
            TranscodeException.class,
            e -> {
              assertThat(e.code()).isEqualTo("worker_crashed");
              assertThat(e.sourceAtFault()).isFalse();
            });
  }

  @Test
  void aFailingConsumerEndsTheWorker() throws Exception {
    VodPlan plan = longPlan();
    assertThatThrownBy(
            () ->
                transcoder.encodeVideo(
                    new VideoChunkRequest(longFile(), plan, 0, Long.MAX_VALUE, 1),
                    new Recorded() {
                      @Override
                      public void encoded(Sample sample) {
                        throw new IllegalStateException("no room");
                      }
                    }))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Path longFile() throws IOException {
    return directory.resolve("long.mp4");
  }

  private VodPlan longPlan() throws Exception {
    if (!Files.exists(longFile())) {
      MadeFile.video(directory, "long.mp4", "854x480", "25", 20, "");
    }
    return VodPlan.of(transcoder.probe(longFile(), LIMITS), TestLadder.SETTINGS);
  }
}
