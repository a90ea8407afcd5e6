package io.streaminfa.bench;

import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.LadderPlanner;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.units.FrameRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** FFmpeg's executable with the settings that the product's worker has for the same source. */
final class ExecutableRun {
  private static final long DEADLINE_MINUTES = 15;

  private final Executable ffmpeg;
  private final Path log;
  private final Film film;

  ExecutableRun(Executable ffmpeg, Path log, Film film) {
    this.ffmpeg = ffmpeg;
    this.log = log;
    this.film = film;
  }

  /**
   * @param paced whether the file is read in real time
   */
  TranscodeRun run(Path source, boolean paced) throws IOException, InterruptedException {
    List<String> arguments = arguments(source, paced);
    double cpuBefore = ProcFile.endedChildrenCpuSeconds();
    long startNanos = System.nanoTime();
    Process process = ffmpeg.start(log, arguments);
    try (PeakWatch peak = new PeakWatch(process.pid())) {
      if (!process.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("ffmpeg still ran after " + DEADLINE_MINUTES + " minutes");
      }
      double wallSeconds = (System.nanoTime() - startNanos) / 1e9;
      if (process.exitValue() != 0) {
        throw new IOException("ffmpeg ended with " + process.exitValue() + ": see " + log);
      }
      return new TranscodeRun(
          wallSeconds, ProcFile.endedChildrenCpuSeconds() - cpuBefore, peak.peakMib(), 0);
    }
  }

  private List<String> arguments(Path source, boolean paced) {
    LadderPlan plan =
        new LadderPlanner(Ladder.SETTINGS.ladder())
            .plan(
                new SourceInfo(
                    "h264",
                    film.size(),
                    film.size(),
                    new FrameRate(film.framesPerSecond(), 1),
                    "yuv420p",
                    "aac",
                    48_000,
                    2));
    List<String> all = new ArrayList<>();
    if (paced) {
      all.addAll(Executable.words("-readrate 1 -readrate_initial_burst 0"));
    }
    // One thread to decode with, and one for the filters, as in the worker.
    all.addAll(Executable.words("-filter_complex_threads 1 -threads 1 -i"));
    all.add(source.toString());
    all.add("-filter_complex");
    all.add(cascade(plan.videos()));
    for (int i = 0; i < plan.videos().size(); i++) {
      all.addAll(video(i, plan.videos().get(i)));
    }
    for (int i = 0; i < plan.audios().size(); i++) {
      LadderPlan.Audio audio = plan.audios().get(i);
      all.addAll(
          Executable.words(
              "-map 0:a -c:a:%d aac -b:a:%d %d -ar:a:%d %d -ac:a:%d %d"
                  .formatted(
                      i,
                      i,
                      audio.bitrate().bitsPerSecond(),
                      i,
                      audio.sampleRate(),
                      i,
                      audio.channels())));
    }
    all.addAll(Executable.words("-fps_mode passthrough -f null -"));
    return all;
  }

  private static String cascade(List<LadderPlan.Video> videos) {
    StringBuilder text = new StringBuilder("[0:v]");
    for (int i = 0; i < videos.size(); i++) {
      text.append("scale=%s:flags=bicubic".formatted(videos.get(i).size()).replace('x', ':'));
      text.append(i == 0 ? ",setsar=1,format=yuv420p" : ",format=yuv420p");
      if (i + 1 < videos.size()) {
        text.append(",split[v").append(i).append("][s").append(i).append("];[s").append(i);
        text.append(']');
      }
    }
    return text.append("[v").append(videos.size() - 1).append(']').toString();
  }

  private List<String> video(int index, LadderPlan.Video video) {
    TranscodeSettings settings = Ladder.SETTINGS;
    long keySeconds = settings.keyframeInterval().toSeconds();
    // The worker's grant on this machine: what is left for the top rung, and one for each other.
    int cores = Runtime.getRuntime().availableProcessors();
    int threads = index == 0 ? Math.clamp(cores / 2, 2, 6) : 1;
    List<String> all = new ArrayList<>(List.of("-map", "[v" + index + "]"));
    all.addAll(
        Executable.words(
            String.format(
                Locale.ROOT,
                "-c:v:%1$d libx264 -preset:v:%1$d %2$s -profile:v:%1$d %3$s -level:v:%1$d %4$s"
                    + " -b:v:%1$d %5$d -maxrate:v:%1$d %6$d -bufsize:v:%1$d %7$d -g:v:%1$d %8$d"
                    + " -threads:v:%1$d %9$d -forced-idr:v:%1$d 1 -sc_threshold:v:%1$d 0"
                    + " -flags:v:%1$d +cgop -force_key_frames:v:%1$d expr:gte(t,n_forced*%10$d)",
                index,
                settings.livePreset(),
                video.profile(),
                video.level(),
                video.bitrate().bitsPerSecond(),
                video.maxrate().bitsPerSecond(),
                video.bufferBits(),
                keySeconds * film.framesPerSecond() * 2,
                threads,
                keySeconds)));
    return all;
  }
}
