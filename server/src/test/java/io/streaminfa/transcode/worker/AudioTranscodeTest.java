package io.streaminfa.transcode.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.Sample;
import io.streaminfa.transcode.LadderRung;
import io.streaminfa.transcode.MadeFile;
import io.streaminfa.transcode.ProbeLimits;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AudioTranscodeTest {
  private static final TranscodeSettings SETTINGS =
      new TranscodeSettings(
          Duration.ofSeconds(2),
          4,
          "veryfast",
          "libx264",
          List.of(rung("high", 320, 180, 128), rung("low", 160, 90, 96)));

  private static final ProbeLimits LIMITS =
      new ProbeLimits(
          List.of("h264"),
          List.of("aac", "mp3", "opus", "flac", "ac3", "pcm"),
          Duration.ofHours(1),
          4096);

  /** A tone of a tenth of a second at each whole second. */
  private static final String BEEPS =
      " -f lavfi -i aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.1)':s=%s:d=%s ";

  @TempDir static Path directory;

  private static LadderRung rung(String name, int width, int height, int audioKbps) {
    return new LadderRung(
        name,
        new Resolution(width, height),
        Bitrate.ofKbps(300),
        Bitrate.ofKbps(audioKbps),
        "main",
        "3.0",
        "veryfast");
  }

  @BeforeAll
  static void loadFfmpeg() {
    Native.load();
    avutil.av_log_set_level(avutil.AV_LOG_QUIET);
  }

  private static Path make(String name, String audioInput, String options) throws Exception {
    return MadeFile.make(
        directory,
        name,
        "-f lavfi -i testsrc2=size=320x180:rate=25:duration=5"
            + audioInput
            + "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 "
            + options);
  }

  private static EncodedChunk encode(Path file) throws Exception {
    VodPlan plan = VodPlan.of(new FileProbe(LIMITS, new Vitals()).probe(file.toString()), SETTINGS);
    return EncodedChunk.audio(file, plan, 450_000);
  }

  /** Where each beep begins, in milliseconds on the renditions' timeline. */
  private static List<Long> beeps(EncodedChunk chunk, Rendition rendition) throws Exception {
    boolean[] loud = {false};
    long[] quiet = {0};
    List<Long> begins = new ArrayList<>();
    int rate = rendition.track().timescale().ticksPerSecond();
    PacketDecoder.Receiver receiver =
        frame -> {
          for (int i = 0; i < frame.nb_samples(); i++) {
            if (Math.abs(sample(frame, i)) > 0.2) {
              if (!loud[0]) {
                begins.add((frame.best_effort_timestamp() + i) * 1000 / rate);
              }
              loud[0] = true;
              quiet[0] = 0;
            } else if (++quiet[0] > rate / 20) {
              loud[0] = false;
            }
          }
        };
    try (Decoder decoder = Decoder.open(rendition.track())) {
      for (Sample sample : chunk.of(rendition.track().id())) {
        decoder.decode(sample, receiver);
      }
    }
    return begins;
  }

  private static float sample(AVFrame frame, int index) {
    return new FloatPointer(frame.data(0)).get(index);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.mp4; 48000; -c:a aac -ac 2; 48000",
        "b.mp4; 44100; -c:a aac -ac 1; 44100",
        "c.mkv; 22050; -c:a flac; 48000",
        "d.mkv; 48000; -c:a libopus -ac 6; 48000",
        "e.ts; 48000; -c:a ac3 -ac 6; 48000",
        "f.avi; 8000; -bf 0 -c:a pcm_s16le; 48000",
        "g.mov; 96000; -c:a pcm_s24le -ac 2; 48000",
        "h.flv; 44100; -c:a libmp3lame; 44100",
      })
  void anyAudioIsInStepWithThePicture(String name, String rate, String options, int outputRate)
      throws Exception {
    EncodedChunk chunk = encode(make(name, BEEPS.formatted(rate, "5"), options));
    assertThat(chunk.renditions())
        .extracting(Rendition::name)
        .containsExactly("audio_128k", "audio_96k");
    for (Rendition rendition : chunk.renditions()) {
      List<Sample> samples = chunk.of(rendition.track().id());
      assertThat(rendition.track().timescale().ticksPerSecond()).isEqualTo(outputRate);
      for (int i = 0; i < samples.size(); i++) {
        assertThat(samples.get(i).ptsTicks()).isEqualTo(1024L * i);
      }
      assertThat(samples.size() * 1024L * 1000 / outputRate).isBetween(4_985L, 5_015L);
      List<Long> beeps = beeps(chunk, rendition);
      assertThat(beeps).hasSize(5);
      // A decoder fades into its first frame.
      assertThat(beeps.getFirst()).isBetween(0L, 20L);
      for (int second = 1; second < 5; second++) {
        assertThat(beeps.get(second)).isBetween(second * 1000L - 10, second * 1000L + 10);
      }
    }
  }

  @Test
  void audioThatBeginsLaterIsLedBySilence() throws Exception {
    Path file = make("late.mkv", " -itsoffset 0.7" + BEEPS.formatted("48000", "3"), "-c:a aac");
    EncodedChunk chunk = encode(file);
    assertThat(beeps(chunk, chunk.renditions().getFirst()).getFirst()).isBetween(690L, 710L);
    assertThat(chunk.of(3).size() * 1024L * 1000 / 48_000).isBetween(4_985L, 5_015L);
  }

  @Test
  void audioBeforeTheFirstPictureIsCut() throws Exception {
    Path file =
        MadeFile.make(
            directory,
            "early.mkv",
            "-itsoffset 0.48 -f lavfi -i testsrc2=size=320x180:rate=25:duration=5"
                + BEEPS.formatted("48000", "5.5")
                + "-c:v libx264 -preset ultrafast -c:a flac");
    EncodedChunk chunk = encode(file);
    assertThat(beeps(chunk, chunk.renditions().getFirst()).getFirst()).isBetween(510L, 530L);
  }

  @Test
  void aHoleIsFilledWithSilence() throws Exception {
    Path file =
        make(
            "hole.mkv",
            BEEPS.formatted("48000", "5"),
            "-c:a flac -bsf:a noise=drop='between(pts*tb,1.5,2.5)'");
    EncodedChunk chunk = encode(file);
    List<Long> beeps = beeps(chunk, chunk.renditions().getFirst());
    assertThat(beeps).hasSize(4);
    assertThat(beeps.getLast()).isBetween(3_980L, 4_020L);
  }
}
