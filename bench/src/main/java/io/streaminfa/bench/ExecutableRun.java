package io.streaminfa.bench;

import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.LadderPlanner;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.units.FrameRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** FFmpeg's executable with the settings that the product has for the same source. */
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
    return run(liveArguments(source, paced));
  }

  /** The whole ladder of a file as HLS, below a directory that is there; threads as it likes. */
  TranscodeRun runFile(Path source, Path directory) throws IOException, InterruptedException {
    return run(fileArguments(source, directory));
  }

  private TranscodeRun run(List<String> arguments) throws IOException, InterruptedException {
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

  private LadderPlan plan() {
    return new LadderPlanner(Ladder.SETTINGS.ladder())
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
  }

  private List<String> fileArguments(Path source, Path directory) {
    LadderPlan plan = plan();
    List<String> all = new ArrayList<>(List.of("-i", source.toString()));
    all.addAll(List.of("-filter_complex", cascade(plan.videos())));
    StringBuilder streams = new StringBuilder();
    for (int i = 0; i < plan.videos().size(); i++) {
      LadderPlan.Video video = plan.videos().get(i);
      all.addAll(video(i, video, video.filePreset(), 0));
      streams.append("v:%d,agroup:audio ".formatted(i));
    }
    all.addAll(audio(plan.audios()));
    for (int i = 0; i < plan.audios().size(); i++) {
      streams.append("a:%d,agroup:audio ".formatted(i));
    }
    all.addAll(
        Executable.words(
            "-f hls -hls_time 6 -hls_playlist_type vod -hls_segment_type fmp4"
                + " -hls_flags independent_segments -master_pl_name master.m3u8"));
    all.addAll(List.of("-var_stream_map", streams.toString().trim()));
    all.addAll(List.of("-hls_segment_filename", directory + "/%v/%06d.m4s"));
    all.add(directory + "/%v/media.m3u8");
    return all;
  }

  private List<String> liveArguments(Path source, boolean paced) {
    LadderPlan plan = plan();
    // The worker's grant on this machine: what is left for the top rung, and one for each other.
    int cores = Runtime.getRuntime().availableProcessors();
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
      all.addAll(
          video(
              i,
              plan.videos().get(i),
              Ladder.SETTINGS.livePreset(),
              i == 0 ? Math.clamp(cores / 2, 2, 6) : 1));
    }
    all.addAll(audio(plan.audios()));
    all.addAll(Executable.words("-fps_mode passthrough -f null -"));
    return all;
  }

  private static List<String> audio(List<LadderPlan.Audio> audios) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < audios.size(); i++) {
      LadderPlan.Audio audio = audios.get(i);
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

  /**
   * @param threads 0: FFmpeg's own choice
   */
  private List<String> video(int index, LadderPlan.Video video, String preset, int threads) {
    long keySeconds = Ladder.SETTINGS.keyframeInterval().toSeconds();
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
                preset,
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
