package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** GStreamer's two RTMP publishers, as the machine has them. */
public final class GStreamer {
  private GStreamer() {}

  /**
   * Publishes an FLV film in real time.
   *
   * @param sink {@code rtmp2sink}, GStreamer's own, or {@code rtmpsink}, which is librtmp
   */
  public static ChildProcess publish(String sink, Path film, String rtmpUrl) throws IOException {
    List<String> command = new ArrayList<>(words("gst-launch-1.0 -q"));
    command.addAll(
        words("filesrc {} ! flvdemux name=in flvmux name=out streamable=true", "location=" + film));
    command.addAll(words("! {} sync=true {}", sink, "location=" + rtmpUrl));
    command.addAll(words("in.video ! queue ! h264parse ! out.video"));
    command.addAll(words("in.audio ! queue ! aacparse ! out.audio"));
    return ChildProcess.withTextOutput(sink, new ProcessBuilder(command), null);
  }
}
