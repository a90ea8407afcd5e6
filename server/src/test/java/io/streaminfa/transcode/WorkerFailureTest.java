package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.observability.ChannelMetrics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real workers that die, stop, never start, or are given what is no media. */
class WorkerFailureTest {
  @TempDir static Path directory;

  private final RecordedOutput output = new RecordedOutput();
  private final List<Path> socketsBefore = sockets();

  private static WorkerTranscoder transcoder(WorkerCommand command) {
    PrometheusRegistry registry = new PrometheusRegistry();
    return new WorkerTranscoder(
        TestLadder.SETTINGS,
        false,
        command,
        new TranscodeMetrics(registry, new ChannelMetrics(registry)));
  }

  private static FlvSource source(int seconds) throws Exception {
    return FlvSource.make(
        directory,
        "-f lavfi -i testsrc2=size=320x180:rate=25:duration="
            + seconds
            + " -f lavfi -i sine=1000:duration="
            + seconds
            + " -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -ac 2");
  }

  private static List<Path> sockets() {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith("streaminfa-")).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void nothingIsLeftBehind() {
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(socketsBefore).containsAll(sockets());
  }

  private MediaSink running(FlvSource source) throws Exception {
    MediaSink sink = transcoder(WorkerCommand.ofThisProcess()).open("stream", 0, output);
    source.writeTo(sink);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !output.samples.isEmpty());
    return sink;
  }

  private static ProcessHandle worker() {
    return ProcessHandle.current().children().findFirst().orElseThrow();
  }

  private static void signal(ProcessHandle process, String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  @Test
  void aWorkerThatIsKilledHasCrashedAndSwallowsWhatIsStillWritten() throws Exception {
    FlvSource source = source(3);
    MediaSink sink = running(source);
    signal(worker(), "KILL");
    assertThat(output.awaitEnd().code()).isEqualTo("worker_crashed");
    assertThat(output.awaitEnd().sourceAtFault()).isFalse();
    for (Sample sample : source.samples()) {
      sink.write(sample);
    }
    sink.end(EndReason.CLEAN);
  }

  @Test
  void aWorkerThatStandsStillIsHungAndKilled() throws Exception {
    MediaSink sink = running(source(3));
    ProcessHandle worker = worker();
    signal(worker, "STOP");
    assertThat(output.awaitEnd().code()).isEqualTo("worker_hung");
    assertThat(worker.isAlive()).isFalse();
    sink.end(EndReason.CLEAN);
  }

  @Test
  void aPublisherThatIsBlockedByAHungWorkerIsReleased() throws Exception {
    FlvSource source = source(3);
    MediaSink sink = running(source);
    signal(worker(), "STOP");
    byte[] large = new byte[1 << 20];
    while (!output.isEnded()) {
      sink.write(new Sample(FlvSource.VIDEO_ID, 0, 0, false, ByteBuffer.wrap(large)));
    }
    assertThat(output.awaitEnd().code()).isEqualTo("worker_hung");
    sink.end(EndReason.CONNECTION_LOST);
  }

  @Test
  void anAbruptEndStopsTheWorkerAndIsAnEnd() throws Exception {
    MediaSink sink = running(source(3));
    sink.end(EndReason.SHUTDOWN);
    assertThat(output.awaitEnd()).isEqualTo(RecordedOutput.NONE);
  }

  @Test
  void closingTheTranscoderStopsItsWorkers() throws Exception {
    WorkerTranscoder transcoder = transcoder(WorkerCommand.ofThisProcess());
    MediaSink sink = transcoder.open("stream", 0, output);
    source(1).writeTo(sink);
    transcoder.close();
    assertThat(output.awaitEnd()).isEqualTo(RecordedOutput.NONE);
    sink.end(EndReason.SHUTDOWN);
  }

  @Test
  void noPictureForTenSecondsIsTheSourcesFaultWithTheDecodersWords() throws Exception {
    Random random = new Random(7);
    FlvSource garbage =
        source(12)
            .changed(
                sample -> {
                  byte[] bytes = new byte[sample.sizeBytes()];
                  random.nextBytes(bytes);
                  return new Sample(
                      sample.trackId(),
                      sample.dtsTicks(),
                      sample.ptsTicks(),
                      sample.sync(),
                      ByteBuffer.wrap(bytes));
                });
    MediaSink sink = transcoder(WorkerCommand.ofThisProcess()).open("stream", 0, output);
    garbage.writeTo(sink);
    assertThat(output.awaitEnd())
        .matches(failure -> failure.code().equals("no_decodable_picture"))
        .matches(TranscodeFailure::sourceAtFault)
        .matches(failure -> failure.message().contains("errors"));
    sink.end(EndReason.CLEAN);
  }

  @Test
  void anEndBeforeAnyPictureIsTheSourcesFault() throws Exception {
    MediaSink sink = transcoder(WorkerCommand.ofThisProcess()).open("stream", 0, output);
    sink.start(source(1).tracks());
    sink.end(EndReason.CLEAN);
    assertThat(output.awaitEnd().code()).isEqualTo("no_decodable_picture");
  }

  @Test
  void aWorkerThatCannotStartSaysWhy() throws Exception {
    WorkerCommand wrong = new WorkerCommand(Path.of("/nonexistent/java"), "x", null, null);
    MediaSink sink = transcoder(wrong).open("stream", 0, output);
    assertThat(output.awaitEnd().code()).isEqualTo("worker_start_failed");
    sink.end(EndReason.CLEAN);
  }

  @Test
  void aWorkerThatDiesBeforeItConnectsSaysItsLastWords() throws Exception {
    WorkerCommand own = WorkerCommand.ofThisProcess();
    WorkerCommand wrong = new WorkerCommand(own.java(), "/nonexistent.jar", null, null);
    MediaSink sink = transcoder(wrong).open("stream", 0, output);
    assertThat(output.awaitEnd().code()).isEqualTo("worker_start_failed");
    assertThat(output.awaitEnd().message()).contains("WorkerMain");
    sink.end(EndReason.CLEAN);
  }

  @Test
  void aWorkerWhoseServerIsGoneEndsByItself() throws Exception {
    try (WorkerProcess process = WorkerProcess.start("stream", WorkerCommand.ofThisProcess())) {
      WorkerChannel channel = process.connect(Duration.ofSeconds(60));
      assertThat(channel.receive()).isInstanceOf(WorkerMessage.Ready.class);
      channel.close();
      assertThat(process.obituary(Duration.ofSeconds(30))).startsWith("exit code 3");
    }
  }
}
