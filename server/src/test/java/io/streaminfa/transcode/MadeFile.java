package io.streaminfa.transcode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** Files as users have them, made by FFmpeg's executable out of the same jar. */
public final class MadeFile {
  private MadeFile() {}

  /**
   * @param arguments in place of {@code NAME} stands the path of the file with that name
   */
  public static Path make(Path directory, String name, String arguments) throws Exception {
    Path file = directory.resolve(name);
    List<String> line = new ArrayList<>();
    line.add(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
    line.addAll(List.of("-hide_banner", "-nostdin", "-loglevel", "error", "-y"));
    line.addAll(List.of(arguments.trim().split("\\s+")));
    line.add(file.toString());
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("ffmpeg: " + words);
    }
    return file;
  }

  /** A moving picture and a tone. */
  public static Path both(
      Path directory, String name, String size, String rate, double seconds, String options)
      throws Exception {
    return make(
        directory,
        name,
        "-f lavfi -i testsrc2=size="
            + size
            + ":rate="
            + rate
            + ":duration="
            + seconds
            + " -f lavfi -i sine=1000:duration="
            + seconds
            + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 50 -c:a aac -ar 48000 -ac"
            + " 2 "
            + options);
  }

  /** A moving picture. */
  public static Path video(
      Path directory, String name, String size, String rate, double seconds, String options)
      throws Exception {
    return make(
        directory,
        name,
        "-f lavfi -i testsrc2=size="
            + size
            + ":rate="
            + rate
            + ":duration="
            + seconds
            + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p -bf 2 -g 50 "
            + options);
  }
}
