package io.streaminfa.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real workers on real media: what comes out of them. */
class WorkerTranscoderTest {
  private static final String X264 = " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2";

  @TempDir static Path directory;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final WorkerTranscoder transcoder =
      new WorkerTranscoder(
          TestLadder.SETTINGS,
          false,
          WorkerCommand.ofThisProcess(),
          new TranscodeMetrics(registry, new ChannelMetrics(registry)));

  @AfterEach
  void noWorkerIsLeft() {
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
  }

  private RecordedOutput transcode(FlvSource... sources) throws Exception {
    RecordedOutput output = new RecordedOutput();
    MediaSink sink = transcoder.open("stream", 0, output);
    for (FlvSource source : sources) {
      source.writeTo(sink);
    }
    sink.end(EndReason.CLEAN);
    assertThat(output.awaitEnd()).isEqualTo(RecordedOutput.NONE);
    return output;
  }

  private static FlvSource video(String size, String rate, int seconds) throws Exception {
    return FlvSource.make(
        directory,
        "-f lavfi -i testsrc2=size=" + size + ":rate=" + rate + ":duration=" + seconds + X264);
  }

  private static FlvSource both(String size, String rate, int seconds, String audio)
      throws Exception {
    return FlvSource.make(
        directory,
        "-f lavfi -i testsrc2=size=%s:rate=%s:duration=%d -f lavfi -i sine=1000:duration=%d"
                .formatted(size, rate, seconds, seconds)
            + X264
            + " "
            + audio);
  }

  /** What holds for every output: order, grid, alignment. */
  private static void assertSound(RecordedOutput output, long pictures) {
    List<Long> syncTimes = output.syncTimes(output.videos().getFirst());
    for (Rendition.Video video : output.videos()) {
      List<Sample> samples = output.of(video);
      assertThat(samples).as(video.name()).hasSize(Math.toIntExact(pictures));
      assertThat(samples.getFirst().sync()).isTrue();
      assertRising(samples.stream().map(Sample::dtsTicks).toList());
      assertRising(output.presentationTimes(video));
      assertThat(output.presentationTimes(video))
          .isEqualTo(output.presentationTimes(output.videos().getFirst()))
          .isEqualTo(samples.stream().map(Sample::dtsTicks).toList());
      assertThat(samples).filteredOn(Sample::sync).allMatch(s -> s.dtsTicks() == s.ptsTicks());
      assertThat(output.syncTimes(video)).isEqualTo(syncTimes);
    }
    long firstTicks = syncTimes.getFirst();
    for (Rendition.Audio audio : output.audios()) {
      List<Sample> samples = output.of(audio);
      long first = samples.getFirst().ptsTicks();
      assertThat(first).isCloseTo(firstTicks * audio.sampleRate() / 90_000, within(1));
      for (int i = 0; i < samples.size(); i++) {
        assertThat(samples.get(i).ptsTicks()).isEqualTo(first + 1024L * i);
      }
    }
  }

  private static org.assertj.core.data.Offset<Long> within(long value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  private static void assertRising(List<Long> times) {
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i)).isGreaterThan(times.get(i - 1));
    }
  }

  @Test
  void aSourceBecomesALadderOnOneGrid() throws Exception {
    FlvSource source = both("1280x720", "30", 5, "-g 75 -c:a aac -ar 44100 -ac 2");
    RecordedOutput output = transcode(source);
    assertSound(output, 150);
    assertThat(output.names()).isEqualTo("medium low audio_128k audio_96k");
    SourceInfo info = output.source.join();
    assertThat(info.frameRate()).isEqualTo(new FrameRate(30, 1));
    assertThat(info.displaySize()).isEqualTo(new Resolution(1280, 720));
    assertThat(info.audioSampleRate()).isEqualTo(44_100);
    // The source begins at its encoder's delay of two pictures; key frames stay on the 2 s grid.
    assertThat(output.syncTimes(output.videos().getFirst()))
        .containsExactly(6_000L, 180_000L, 360_000L);
    long audioFrames = output.of(output.audios().getFirst()).size();
    assertThat(audioFrames * 1024).isBetween(5 * 44_100L - 2048, 5 * 44_100L + 4096);
  }

  @Test
  void ntscRatesStayExact() throws Exception {
    RecordedOutput output = transcode(both("640x360", "30000/1001", 6, "-c:a aac -ar 44100 -ac 2"));
    assertSound(output, 180);
    List<Long> times = output.presentationTimes(output.videos().getFirst());
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isEqualTo(3003);
    }
    assertThat(output.videos().getFirst().frameRate()).isEqualTo(new FrameRate(30_000, 1001));
  }

  @ParameterizedTest
  @CsvSource({
    "1279x719, 25, low 854x480",
    "480x854, 25, low 480x854",
    "322x182, 25, low 322x182",
    "1280x534, 24, medium 1280x534 low 854x356"
  })
  void oddSizesFitTheirRungs(String size, String rate, String expected) throws Exception {
    FlvSource source =
        FlvSource.make(
            directory,
            "-f lavfi -i testsrc2=size="
                + size
                + ":rate="
                + rate
                + ":duration=1 -c:v libx264 -preset ultrafast -pix_fmt yuv444p");
    RecordedOutput output = transcode(source);
    assertSound(output, Integer.parseInt(rate));
    assertThat(output.audios()).isEmpty();
    assertThat(
            output.videos().stream()
                .map(video -> video.name() + " " + video.size())
                .reduce((a, b) -> a + " " + b))
        .hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "-vf setsar=64/45 -flags +ilme+ildct -x264-params tff=1, 1024x576 of 720x576, low 854x480",
    "-vf setsar=64/45, 1024x576 of 720x576, low 854x480",
    "-bsf:v h264_metadata=display_orientation=insert:rotate=90, 576x720 of 720x576, low 480x600",
    "-bsf:v h264_metadata=display_orientation=insert:rotate=180, 720x576 of 720x576, low 600x480"
  })
  void anamorphicInterlacedAndTurnedPicturesAreShownAsTheyAreMeant(
      String options, String sizes, String expected) throws Exception {
    FlvSource source =
        FlvSource.make(
            directory,
            "-f lavfi -i testsrc2=size=720x576:rate=25:duration=2" + X264 + " " + options);
    RecordedOutput output = transcode(source);
    assertSound(output, 50);
    SourceInfo info = output.source.join();
    assertThat(info.displaySize() + " of " + info.codedSize()).isEqualTo(sizes);
    Rendition.Video last = output.videos().getLast();
    assertThat(last.name() + " " + last.size()).isEqualTo(expected);
  }

  @Test
  void aRateAboveSixtyIsHalved() throws Exception {
    RecordedOutput output = transcode(video("320x180", "120", 2));
    assertSound(output, 120);
    assertThat(output.videos().getFirst().frameRate()).isEqualTo(new FrameRate(60, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "-c:a aac -ar 44100 -ac 1, aac, 44100",
    "-c:a aac -ar 48000 -ac 6, aac, 48000",
    "-c:a libmp3lame -ar 44100 -ac 2, mp3, 44100",
    "-c:a libmp3lame -ar 22050 -ac 1, mp3, 48000"
  })
  void anyAudioBecomesStereo(String audio, String codec, int sampleRate) throws Exception {
    RecordedOutput output = transcode(both("320x180", "25", 2, audio));
    assertSound(output, 50);
    assertThat(output.source.join().audioCodec()).isEqualTo(codec);
    assertThat(output.audios())
        .allMatch(rendition -> rendition.channels() == 2)
        .allMatch(rendition -> rendition.sampleRate() == sampleRate);
  }

  @Test
  void aChangeOfSizeKeepsTheRenditionsAndEveryPicture() throws Exception {
    FlvSource first = video("1280x720", "25", 2);
    FlvSource second = video("640x480", "25", 2).retimed(ms -> ms + 2000);
    RecordedOutput output = transcode(first, second);
    assertSound(output, 100);
    assertThat(output.names()).isEqualTo("medium low");
  }

  @Test
  void aPauseIsFilledWithTheLastPictureAndSilence() throws Exception {
    FlvSource source = both("320x180", "25", 2, "-c:a aac -ar 48000 -ac 2");
    RecordedOutput output = transcode(source.retimed(ms -> ms < 1000 ? ms : ms + 5000));
    List<Long> sync = output.syncTimes(output.videos().getFirst());
    assertThat(sync).contains(180_000L, 360_000L, 540_000L);
    long pictures = output.of(output.videos().getFirst()).size();
    assertThat(pictures).isBetween(58L, 62L);
    assertSound(output, pictures);
  }

  @Test
  void audioThatVanishesBecomesSilence() throws Exception {
    FlvSource source =
        both("320x180", "25", 6, "-c:a aac -ar 48000 -ac 2")
            .without(s -> s.trackId() == FlvSource.AUDIO_ID && s.dtsTicks() > 1000);
    RecordedOutput output = transcode(source);
    assertSound(output, 150);
    Rendition.Audio audio = output.audios().getFirst();
    assertThat(output.of(audio).getLast().ptsTicks()).isGreaterThan(5 * 48_000);
  }

  @Test
  void damagedPacketsAreSkipped() throws Exception {
    FlvSource source =
        both("320x180", "25", 4, "-g 25 -c:a aac -ar 48000 -ac 2")
            .changed(s -> s.dtsTicks() % 7 == 3 ? garbageLike(s) : s);
    RecordedOutput output = transcode(source);
    assertThat(output.of(output.videos().getFirst()).size()).isGreaterThan(50);
  }

  private static Sample garbageLike(Sample sample) {
    byte[] garbage = new byte[sample.sizeBytes()];
    for (int i = 0; i < garbage.length; i++) {
      garbage[i] = (byte) (i * 131 + 7);
    }
    return new Sample(
        sample.trackId(),
        sample.dtsTicks(),
        sample.ptsTicks(),
        sample.sync(),
        ByteBuffer.wrap(garbage));
  }

  @Test
  void theFreeEncoderWorksAsWell() throws Exception {
    TranscodeSettings free =
        new TranscodeSettings(
            TestLadder.SETTINGS.keyframeInterval(),
            64,
            "veryfast",
            "libopenh264",
            TestLadder.RUNGS);
    RecordedOutput output = new RecordedOutput();
    PrometheusRegistry own = new PrometheusRegistry();
    MediaSink sink =
        new WorkerTranscoder(
                free,
                false,
                WorkerCommand.ofThisProcess(),
                new TranscodeMetrics(own, new ChannelMetrics(own)))
            .open("stream", 0, output);
    video("640x360", "25", 3).writeTo(sink);
    sink.end(EndReason.CLEAN);
    assertThat(output.awaitEnd()).isEqualTo(RecordedOutput.NONE);
    assertSound(output, 75);
  }

  @Test
  void lowLatencyEncodesWithoutReordering() throws Exception {
    RecordedOutput output = new RecordedOutput();
    PrometheusRegistry own = new PrometheusRegistry();
    MediaSink sink =
        new WorkerTranscoder(
                TestLadder.SETTINGS,
                true,
                WorkerCommand.ofThisProcess(),
                new TranscodeMetrics(own, new ChannelMetrics(own)))
            .open("stream", 0, output);
    video("320x180", "25", 3).writeTo(sink);
    sink.end(EndReason.CLEAN);
    assertThat(output.awaitEnd()).isEqualTo(RecordedOutput.NONE);
    assertSound(output, 75);
    assertThat(output.samples).allMatch(sample -> sample.dtsTicks() == sample.ptsTicks());
  }
}
