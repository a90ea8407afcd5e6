package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code streaminfa transcode} of one film against one command line of FFmpeg's executable. */
final class FilesScenario {
  /**
   * @param pairs alternating runs
   */
  record Options(int pairs, Resolution size, int filmSeconds) {}

  /** What the design promises. */
  private static final double MAX_WALL_RATIO = 1.00;

  private static final double MAX_CPU_RATIO = 1.05;
  private static final double MAX_SSIM_LOSS = 0.001;
  private static final double MAX_SIZE_DIFFERENCE = 0.03;

  private static final long DEADLINE_MINUTES = 30;
  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 8000;
  private static final Pattern SSIM = Pattern.compile("All:([0-9.]+)");

  private final Home home;
  private final PrintWriter out;
  private final Executable ffmpeg = Executable.load();

  FilesScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException, InterruptedException {
    Film film = new Film(options.size(), FRAMES_PER_SECOND, options.filmSeconds(), SOURCE_KBPS);
    Path source = film.make(home, ffmpeg);
    ExecutableRun executable =
        new ExecutableRun(ffmpeg, home.work("logs").resolve("files-ffmpeg.log"), film);
    ProductTranscode product = new ProductTranscode(home);
    out.printf("files: %d s of %s, presets of files%n", options.filmSeconds(), options.size());
    List<TranscodeRun> ours = new ArrayList<>();
    List<TranscodeRun> theirs = new ArrayList<>();
    for (int i = 0; i < options.pairs(); i++) {
      ours.add(product.run(source, home.fresh("files/streaminfa"), List.of()));
      theirs.add(executable.runFile(source, home.fresh("files/ffmpeg")));
      out.printf(
          Locale.ROOT,
          "  pair %d: streaminfa %.1f s wall, %.1f s CPU; executable %.1f s wall, %.1f s CPU%n",
          i + 1,
          ours.getLast().wallSeconds(),
          ours.getLast().cpuSeconds(),
          theirs.getLast().wallSeconds(),
          theirs.getLast().cpuSeconds());
    }
    Series wall = series(ours, true).over(series(theirs, true));
    Series cpu = series(ours, false).over(series(theirs, false));
    verdict("wall ratio", wall.text(3, ""), wall.median() <= MAX_WALL_RATIO);
    verdict("CPU ratio", cpu.text(3, ""), cpu.median() <= MAX_CPU_RATIO);
    compare(source, options.size());
  }

  private static Series series(List<TranscodeRun> runs, boolean wall) {
    return new Series(
        runs.stream().map(run -> wall ? run.wallSeconds() : run.cpuSeconds()).toList());
  }

  private void verdict(String what, String figure, boolean met) {
    out.printf("  %s %s: %s%n", what, figure, met ? "met" : "MISSED");
  }

  /** The last pair's renditions: as large, and as like the source. */
  private void compare(Path source, Resolution size) throws IOException, InterruptedException {
    List<String> names =
        Ladder.SETTINGS.ladder().stream()
            .filter(rung -> rung.size().width() <= size.width())
            .map(rung -> rung.name())
            .toList();
    for (int i = 0; i < names.size(); i++) {
      Path our = home.work("files/streaminfa").resolve(names.get(i));
      Path their = home.work("files/ffmpeg").resolve(Integer.toString(i));
      double sizes = (double) segmentBytes(our) / segmentBytes(their) - 1;
      double loss = ssim(their, source) - ssim(our, source);
      verdict(
          names.get(i) + ": bytes",
          String.format(Locale.ROOT, "%+.1f %%", sizes * 100),
          Math.abs(sizes) <= MAX_SIZE_DIFFERENCE);
      verdict(
          names.get(i) + ": SSIM",
          String.format(Locale.ROOT, "%+.4f", -loss),
          loss <= MAX_SSIM_LOSS);
    }
  }

  private static long segmentBytes(Path rendition) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(rendition)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".m4s")).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private double ssim(Path rendition, Path source) throws IOException, InterruptedException {
    Path log = Files.createTempFile("ssim-", ".log");
    try {
      Process process =
          ffmpeg.start(
              log,
              List.of(
                  "-loglevel",
                  "info",
                  "-i",
                  rendition.resolve("media.m3u8").toString(),
                  "-i",
                  source.toString(),
                  "-lavfi",
                  "[1:v]setpts=PTS-STARTPTS[film];[0:v]setpts=PTS-STARTPTS[made];"
                      + "[film][made]scale2ref=flags=bicubic[source][ours];[ours][source]ssim",
                  "-f",
                  "null",
                  "-"));
      if (!process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
      }
      Matcher all = SSIM.matcher(Files.readString(log));
      if (!all.find()) {
        throw new IOException("no SSIM of " + rendition + ": " + Files.readString(log));
      }
      return Double.parseDouble(all.group(1));
    } finally {
      Files.delete(log);
    }
  }
}
