package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A film that proves what happened to it: each frame carries its number, and each flash comes with
 * a beep that starts on the very sample. Made once per build below target/media.
 *
 * @param flv the film as an encoder would send it
 */
public record SourceFilm(FilmSpec spec, Path flv) {
  private static final Path DIRECTORY = Path.of("target", "media");
  private static final Duration DEADLINE = Duration.ofMinutes(4);
  private static final int BEEP_HZ = 1000;
  static final int FLASH_MICROS = 50_000;

  /** Makes the film, or takes the one that an earlier test made. */
  public static SourceFilm make(FilmSpec spec) throws IOException, InterruptedException {
    Path flv = DIRECTORY.resolve(spec.fileName() + ".flv");
    if (!Files.exists(flv)) {
      Files.createDirectories(DIRECTORY);
      // A name of its own: tests that run at once may want the same film.
      Path unfinished = Files.createTempFile(DIRECTORY, "unfinished-", ".flv");
      encode(spec, unfinished);
      Files.move(unfinished, flv, StandardCopyOption.ATOMIC_MOVE);
    }
    return new SourceFilm(spec, flv);
  }

  /**
   * What a viewer can see of the first pictures that an encoder sends, by number. Pictures are sent
   * in decoding order, so that the end may have holes that B-frames would have filled.
   */
  public List<Integer> firstSent(int pictures) throws IOException {
    List<Long> sentMs =
        FlvTag.readAll(flv).stream().filter(FlvTag::isPicture).map(FlvTag::shownMs).toList();
    List<Long> shownMs = sentMs.stream().sorted().toList();
    return sentMs.stream()
        .limit(pictures)
        .map(ms -> Collections.binarySearch(shownMs, ms))
        .sorted()
        .toList();
  }

  /** The same streams in an MP4 file. */
  public Path mp4() throws IOException, InterruptedException {
    Path mp4 = DIRECTORY.resolve(spec.fileName() + ".mp4");
    if (!Files.exists(mp4)) {
      Path unfinished = Files.createTempFile(DIRECTORY, "unfinished-", ".mp4");
      FfmpegExecutable.load()
          .run(DEADLINE, words("-i {} -c copy -movflags +faststart {}", flv, unfinished));
      Files.move(unfinished, mp4, StandardCopyOption.ATOMIC_MOVE);
    }
    return mp4;
  }

  private static void encode(FilmSpec spec, Path target) throws IOException, InterruptedException {
    Path pcm = target.resolveSibling(target.getFileName() + ".pcm");
    if (spec.hasAudio()) {
      Files.write(pcm, beeps(spec));
    }
    try (ChildProcess ffmpeg = FfmpegExecutable.load().start(arguments(spec, pcm, target))) {
      try (OutputStream out = new BufferedOutputStream(ffmpeg.input(), 1 << 16)) {
        drawAll(spec, out);
      } catch (IOException e) {
        throw new IOException("ffmpeg took no more frames:\n" + ffmpeg.tail(30), e);
      }
      if (ffmpeg.awaitExit(DEADLINE) != 0) {
        throw new IOException("no film:\n" + ffmpeg.tail(30));
      }
    } finally {
      Files.deleteIfExists(pcm);
    }
  }

  private static void drawAll(FilmSpec spec, OutputStream out) throws IOException {
    TestPicture picture = new TestPicture(spec.width(), spec.height());
    List<Integer> flashes = spec.flashFrames();
    int next = 0;
    long litUntilMicros = Long.MIN_VALUE;
    for (int frame = 0; frame < spec.frames(); frame++) {
      if (next < flashes.size() && flashes.get(next) == frame) {
        litUntilMicros = spec.ptsMicros(frame) + FLASH_MICROS;
        next++;
      }
      picture.write(frame, spec.ptsMicros(frame) < litUntilMicros, out);
    }
  }

  private static List<String> arguments(FilmSpec spec, Path pcm, Path target) {
    List<String> all =
        new ArrayList<>(
            words(
                "-f rawvideo -pix_fmt yuv420p -s {} -framerate {} -i pipe:0",
                spec.width() + "x" + spec.height(),
                spec.rateNumerator() + "/" + spec.rateDenominator()));
    if (spec.hasAudio()) {
      all.addAll(words("-f s16le -ar {} -ac {} -i {}", spec.sampleRate(), spec.channels(), pcm));
      all.addAll(words("-map 0:v -map 1:a -c:a {} -b:a 128k", spec.audio().encoder));
    }
    if (!spec.vfrPatternMs().isEmpty()) {
      String times = "settb=1/1000,setpts=" + vfrExpression(spec.vfrPatternMs());
      all.addAll(words("-vf {} -enc_time_base 1:1000", times));
    }
    boolean odd = spec.width() % 2 == 1 || spec.height() % 2 == 1;
    String pixels = odd ? "yuv444p" : "yuv420p";
    int gop = spec.gopFrames();
    int peakKbps = spec.bitrateKbps() * 2;
    all.addAll(
        words(
            "-fps_mode passthrough -c:v libx264 -preset ultrafast -sc_threshold 0 -pix_fmt {}",
            pixels));
    all.addAll(words("-bf {} -g {} -keyint_min {}", spec.bFrames(), gop, gop));
    all.addAll(
        words(
            "-b:v {} -maxrate {} -bufsize {} -f flv {}",
            spec.bitrateKbps() + "k",
            peakKbps + "k",
            peakKbps + "k",
            target));
    return all;
  }

  /** The presentation time of frame N in milliseconds, in the language of FFmpeg's setpts. */
  private static String vfrExpression(List<Integer> pattern) {
    int cycleMs = pattern.stream().mapToInt(Integer::intValue).sum();
    StringBuilder out = new StringBuilder("floor(N/%d)*%d".formatted(pattern.size(), cycleMs));
    int offsetMs = 0;
    for (int i = 1; i < pattern.size(); i++) {
      offsetMs += pattern.get(i - 1);
      out.append("+eq(mod(N\\,%d)\\,%d)*%d".formatted(pattern.size(), i, offsetMs));
    }
    return out.toString();
  }

  private static byte[] beeps(FilmSpec spec) {
    int samples = (int) ((long) spec.durationMs() * spec.sampleRate() / 1000);
    ByteBuffer pcm =
        ByteBuffer.allocate(samples * spec.channels() * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int frame : spec.flashFrames()) {
      int onset = (int) Math.round(spec.ptsMicros(frame) * (double) spec.sampleRate() / 1e6);
      int length = (int) ((long) FLASH_MICROS * spec.sampleRate() / 1_000_000);
      for (int i = 0; i < length && onset + i < samples; i++) {
        // A cosine starts at full amplitude, so the onset is one sample and not a slope.
        short value = (short) (20_000 * Math.cos(2 * Math.PI * BEEP_HZ * i / spec.sampleRate()));
        for (int channel = 0; channel < spec.channels(); channel++) {
          pcm.putShort(((onset + i) * spec.channels() + channel) * 2, value);
        }
      }
    }
    return pcm.array();
  }
}
