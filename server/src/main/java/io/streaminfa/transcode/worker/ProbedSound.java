package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_describe;

import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.units.Timescale;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/** The first decoded audio of a file. */
final class ProbedSound {
  private static final int MAX_LAYOUT_BYTES = 64;

  private int packets;
  private int sampleRate;
  private int channels;
  private String layout = "";
  private long pts;

  /** A packet goes to the decoder. */
  void offered() {
    packets++;
  }

  int packets() {
    return packets;
  }

  boolean isHeard() {
    return sampleRate > 0;
  }

  void add(AVFrame frame) {
    if (isHeard() || frame.sample_rate() < 1 || frame.ch_layout().nb_channels() < 1) {
      return;
    }
    Frame.nameChannels(frame);
    sampleRate = frame.sample_rate();
    channels = frame.ch_layout().nb_channels();
    byte[] name = new byte[MAX_LAYOUT_BYTES];
    int length = av_channel_layout_describe(frame.ch_layout(), name, name.length);
    // The length counts the terminating zero.
    int shown = Math.clamp(length - 1, 0, name.length - 1);
    layout = new String(name, 0, shown, StandardCharsets.UTF_8);
    pts = frame.best_effort_timestamp();
  }

  /** Empty when the stream has no packet at the beginning, or none that is sound. */
  Optional<MediaProbe.Audio> describe(AVStream stream, StreamClock clock) {
    if (!isHeard()) {
      return Optional.empty();
    }
    long startTicks =
        pts == avutil.AV_NOPTS_VALUE()
            ? 0
            : clock.convert(pts, stream.time_base(), Timescale.VIDEO);
    return Optional.of(
        new MediaProbe.Audio(
            stream.index(),
            CodecNames.of(stream.codecpar().codec_id()),
            sampleRate,
            channels,
            layout,
            startTicks));
  }
}
