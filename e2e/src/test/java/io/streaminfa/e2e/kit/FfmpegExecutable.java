package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** The ffmpeg program out of the FFmpeg jar: a publisher, a decoder and a film maker. */
public final class FfmpegExecutable {
  private final String path;

  private FfmpegExecutable(String path) {
    this.path = path;
  }

  /** Unpacks the program on the first call of a machine. */
  public static FfmpegExecutable load() {
    return new FfmpegExecutable(Loader.load(ffmpeg.class));
  }

  /**
   * A command line as one would type it: words between spaces, where each {@code {}} stands for the
   * next value, which may itself hold spaces.
   */
  public static List<String> words(String line, Object... values) {
    List<String> words = new ArrayList<>();
    int next = 0;
    for (String word : line.trim().split("\\s+", -1)) {
      words.add(word.equals("{}") ? String.valueOf(values[next++]) : word);
    }
    if (next != values.length) {
      throw new IllegalArgumentException(values.length + " values for " + next + " places");
    }
    return words;
  }

  /** Starts ffmpeg with quiet manners; its standard output is left to the caller. */
  public ChildProcess start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(path, "-hide_banner", "-nostats", "-y"));
    command.addAll(arguments);
    return ChildProcess.withMediaOutput("ffmpeg", command);
  }

  /** Runs ffmpeg to its end and returns what it wrote to standard error. */
  public List<String> run(Duration deadline, List<String> arguments)
      throws IOException, InterruptedException {
    try (ChildProcess process = start(arguments)) {
      process.input().close();
      int exit = process.awaitExit(deadline);
      if (exit != 0) {
        throw new IOException(
            "ffmpeg " + arguments + " ended with " + exit + ":\n" + process.tail(40));
      }
      return process.lines();
    }
  }

  /** Publishes a file as it is, in real time, as a user's shell would. */
  public Publisher publish(Path film, String rtmpUrl) throws IOException {
    return new Publisher(
        start(words("-re -i {} -c copy -f flv -flvflags no_duration_filesize {}", film, rtmpUrl)));
  }

  /** A publishing program. */
  public static final class Publisher implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private final ChildProcess process;

    Publisher(ChildProcess process) {
      this.process = process;
    }

    /** Ends as the user's Ctrl-C does: ffmpeg sends FCUnpublish and deleteStream. */
    public void stop() throws IOException, InterruptedException {
      process.terminate();
      process.awaitExit(STOP_TIMEOUT);
    }

    /** Dies without a word on the wire but TCP's own. */
    public void kill() throws IOException, InterruptedException {
      process.kill();
      process.awaitExit(STOP_TIMEOUT);
    }

    /** Waits for the end of the film; the exit status says whether the server took it all. */
    public int awaitEnd(Duration deadline) throws IOException, InterruptedException {
      return process.awaitExit(deadline);
    }

    /** As {@link #awaitEnd}, and any status but 0 is an error with ffmpeg's own words. */
    public void awaitSuccess(Duration deadline) throws IOException, InterruptedException {
      int exit = process.awaitExit(deadline);
      if (exit != 0) {
        throw new IOException("the publisher ended with " + exit + ":\n" + process.tail(30));
      }
    }

    public boolean isAlive() {
      return process.isAlive();
    }

    public String log() {
      return process.tail(40);
    }

    @Override
    public void close() {
      process.close();
    }
  }
}
