package io.streaminfa.bench;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Three rungs of one film: the worker process against FFmpeg's executable. */
final class TranscodeScenario {
  /**
   * @param pairs alternating runs as fast as each goes
   * @param pacedPairs alternating runs in real time, which is what a live stream is
   */
  record Options(int pairs, int pacedPairs, int filmSeconds) {}

  /** What the design promises. */
  private static final double MAX_RATIO = 1.05;

  private static final double MAX_MORE_MIB = 90;
  private static final Resolution FULL_HD = new Resolution(1920, 1080);
  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 8000;

  private final Home home;
  private final PrintWriter out;

  TranscodeScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  void run(Options options) throws IOException, InterruptedException, MediaFormatException {
    Executable ffmpeg = Executable.load();
    Film film = new Film(FULL_HD, FRAMES_PER_SECOND, options.filmSeconds(), SOURCE_KBPS);
    Path source = film.make(home, ffmpeg);
    SourceMedia media = SourceMedia.read(source);
    WorkerRun worker = new WorkerRun(home);
    ExecutableRun executable =
        new ExecutableRun(ffmpeg, home.work("logs").resolve("transcode-ffmpeg.log"), film);
    out.printf(
        "transcode: %d s of %s at %d fps, 3 rungs, 2 audios, live preset %s%n",
        options.filmSeconds(), FULL_HD, FRAMES_PER_SECOND, Ladder.SETTINGS.livePreset());
    Pairs fast = Pairs.run(options.pairs(), worker, executable, media, source, false, out);
    fast.print(out, "as fast as it goes");
    verdict("wall", fast.ratio(TranscodeRun::wallSeconds));
    verdict("CPU", fast.ratio(TranscodeRun::cpuSeconds));
    if (options.pacedPairs() > 0) {
      Pairs paced = Pairs.run(options.pacedPairs(), worker, executable, media, source, true, out);
      paced.print(out, "in real time");
      double moreMib =
          paced.of(paced.workers, TranscodeRun::peakMib).median()
              - paced.of(paced.executables, TranscodeRun::peakMib).median();
      out.printf(
          Locale.ROOT,
          "  memory in real time: worker %+.0f MiB over the executable, target %.0f: %s%n",
          moreMib,
          MAX_MORE_MIB,
          moreMib <= MAX_MORE_MIB ? "met" : "MISSED");
    }
  }

  private void verdict(String what, Series ratio) {
    out.printf(
        Locale.ROOT,
        "  %s ratio %s, target %.2f: %s%n",
        what,
        ratio.text(3, ""),
        MAX_RATIO,
        ratio.median() <= MAX_RATIO ? "met" : "MISSED");
  }

  private record Pairs(List<TranscodeRun> workers, List<TranscodeRun> executables) {
    static Pairs run(
        int count,
        WorkerRun worker,
        ExecutableRun executable,
        SourceMedia media,
        Path source,
        boolean paced,
        PrintWriter out)
        throws IOException, InterruptedException, MediaFormatException {
      List<TranscodeRun> workers = new ArrayList<>();
      List<TranscodeRun> executables = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        workers.add(worker.run(media, paced));
        executables.add(executable.run(source, paced));
        long expected = media.pictures() * Ladder.SETTINGS.ladder().size();
        if (workers.getLast().pictures() != expected) {
          out.printf("  NOTE: %d of %d pictures%n", workers.getLast().pictures(), expected);
        }
        out.printf(
            Locale.ROOT,
            "  pair %d: worker %.2f s wall, %.2f s CPU; executable %.2f s wall, %.2f s CPU%n",
            i + 1,
            workers.getLast().wallSeconds(),
            workers.getLast().cpuSeconds(),
            executables.getLast().wallSeconds(),
            executables.getLast().cpuSeconds());
      }
      return new Pairs(workers, executables);
    }

    Series of(List<TranscodeRun> runs, ToDoubleFunction<TranscodeRun> value) {
      return new Series(runs.stream().map(value::applyAsDouble).toList());
    }

    Series ratio(ToDoubleFunction<TranscodeRun> value) {
      return of(workers, value).over(of(executables, value));
    }

    void print(PrintWriter out, String how) {
      out.printf("  %s:%n", how);
      print(out, "worker", workers);
      print(out, "executable", executables);
    }

    private void print(PrintWriter out, String name, List<TranscodeRun> runs) {
      out.printf("    %-10s wall %s%n", name, of(runs, TranscodeRun::wallSeconds).text(2, "s"));
      out.printf("    %-10s CPU  %s%n", name, of(runs, TranscodeRun::cpuSeconds).text(2, "s"));
      out.printf("    %-10s peak %s%n", name, of(runs, TranscodeRun::peakMib).text(0, "MiB"));
    }
  }
}
