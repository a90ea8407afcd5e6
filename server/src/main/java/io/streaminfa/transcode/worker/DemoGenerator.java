package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * A source out of nothing: a moving test picture with a running clock, and each second a white
 * flash in step with a 1 kHz beep. Video is on {@link Timescale#VIDEO}, audio on 48 kHz.
 */
final class DemoGenerator implements AutoCloseable {
  static final int VIDEO_ID = 1;
  static final int AUDIO_ID = 2;

  private static final int SAMPLE_RATE = 48_000;
  private static final int CHANNELS = 2;
  private static final int VIDEO_BITRATE = 6_000_000;
  private static final int AUDIO_BITRATE = 160_000;
  private static final String FLASH_SECONDS = "0.1";
  private static final int KEY_SECONDS = 2;

  private final WorkerMessage.Demonstrate demonstration;
  private final Outlet outlet;
  private final GeneratedMedia media;
  private final Encoder video;
  private final Encoder audio;
  private final long delayTicks;

  private DemoGenerator(
      WorkerMessage.Demonstrate demonstration,
      Outlet outlet,
      GeneratedMedia media,
      Encoder video,
      Encoder audio) {
    this.demonstration = demonstration;
    this.outlet = outlet;
    this.media = media;
    this.video = video;
    this.audio = audio;
    // The AAC encoder's priming begins before zero; all is moved behind it.
    this.delayTicks = new Timescale(SAMPLE_RATE).convert(primingSamples(audio), Timescale.VIDEO);
  }

  private static int primingSamples(Encoder audio) {
    return audio.context().initial_padding();
  }

  static DemoGenerator open(WorkerMessage.Demonstrate demonstration, Outlet outlet)
      throws WorkerFailure {
    FrameRate rate = demonstration.frameRate();
    GeneratedMedia media =
        GeneratedMedia.open(
            String.format(
                Locale.ROOT,
                "testsrc2=size=%s:rate=%d/%d,drawbox=color=white:t=fill:enable='lt(mod(t,1),%s)',"
                    + "format=yuv420p",
                demonstration.size(),
                rate.numerator(),
                rate.denominator(),
                FLASH_SECONDS),
            String.format(
                Locale.ROOT,
                "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),%s)|"
                    + "0.5*sin(2*PI*1000*t)*lt(mod(t,1),%s)':s=%d:n=%d,aformat=sample_fmts=fltp",
                FLASH_SECONDS,
                FLASH_SECONDS,
                SAMPLE_RATE,
                AudioTimeline.BLOCK_SAMPLES));
    Encoder video = null;
    try {
      video = openVideo(demonstration);
      return new DemoGenerator(demonstration, outlet, media, video, openAudio());
    } catch (WorkerFailure e) {
      media.close();
      if (video != null) {
        video.close();
      }
      throw e;
    }
  }

  private static Encoder openVideo(WorkerMessage.Demonstrate demonstration) throws WorkerFailure {
    FrameRate rate = demonstration.frameRate();
    boolean x264 = avcodec_find_encoder_by_name("libx264") != null;
    return Encoder.open(
        x264 ? "libx264" : "libopenh264",
        context -> {
          context
              .width(demonstration.size().width())
              .height(demonstration.size().height())
              .pix_fmt(avutil.AV_PIX_FMT_YUV420P)
              .time_base(new AVRational().num(rate.denominator()).den(rate.numerator()))
              .framerate(new AVRational().num(rate.numerator()).den(rate.denominator()))
              .bit_rate(VIDEO_BITRATE)
              .gop_size((int) Math.round(rate.perSecond() * KEY_SECONDS))
              .max_b_frames(0)
              .thread_count(1)
              .flags(context.flags() | avcodec.AV_CODEC_FLAG_CLOSED_GOP);
          if (x264) {
            Encoder.option(context, "preset", "ultrafast");
          }
        });
  }

  private static Encoder openAudio() throws WorkerFailure {
    return Encoder.open(
        "aac",
        context -> {
          context
              .bit_rate(AUDIO_BITRATE)
              .sample_rate(SAMPLE_RATE)
              .sample_fmt(avutil.AV_SAMPLE_FMT_FLTP)
              .time_base(Decoder.timeBase(new Timescale(SAMPLE_RATE)));
          av_channel_layout_default(context.ch_layout(), CHANNELS);
        });
  }

  /**
   * Sends the tracks and then samples in the order of their times.
   *
   * @param seconds how much to make
   * @param realTime whether to make a second of it in a second
   */
  void run(long seconds, boolean realTime) throws WorkerFailure, IOException, InterruptedException {
    ByteBuffer audioConfig = ByteBuffer.allocate(audio.extradata().remaining());
    audioConfig.put(audio.extradata()).flip();
    ByteBuffer videoConfig = AvcBitstream.decoderConfiguration(video.extradata());
    outlet.send(
        new WorkerMessage.Tracks(
            List.of(
                new Track(VIDEO_ID, Timescale.VIDEO, new CodecConfig.Avc(videoConfig)),
                new Track(
                    AUDIO_ID, new Timescale(SAMPLE_RATE), new CodecConfig.Aac(audioConfig)))));
    FrameRate rate = demonstration.frameRate();
    long begin = System.nanoTime();
    long audioPosition = 0;
    long pictures = Math.round(seconds * rate.perSecond());
    for (long picture = 0; picture < pictures; picture++) {
      double atSeconds = (double) picture * rate.denominator() / rate.numerator();
      if (realTime) {
        long dueNanos = begin + (long) (atSeconds * TimeUnit.SECONDS.toNanos(1));
        TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNanos - System.nanoTime()));
      }
      for (;
          audioPosition < atSeconds * SAMPLE_RATE;
          audioPosition += AudioTimeline.BLOCK_SAMPLES) {
        encodeAudio(audioPosition);
      }
      encodePicture(picture);
    }
  }

  private void encodePicture(long picture) throws WorkerFailure, IOException, InterruptedException {
    AVFrame frame = media.nextPicture();
    frame.pts(picture);
    frame.pict_type(avutil.AV_PICTURE_TYPE_NONE);
    video.encode(frame, this::sendPicture);
  }

  private void encodeAudio(long position) throws WorkerFailure, IOException, InterruptedException {
    AVFrame frame = media.nextSound();
    frame.pts(position);
    audio.encode(frame, this::sendSound);
  }

  private void sendPicture(Packet packet) throws IOException {
    FrameRate rate = demonstration.frameRate();
    long ticks =
        packet.get().pts()
                * rate.denominator()
                * Timescale.VIDEO.ticksPerSecond()
                / rate.numerator()
            + delayTicks;
    ByteBuffer unit = AvcBitstream.lengthPrefixed(packet.payload());
    outlet.send(new WorkerMessage.Packet(new Sample(VIDEO_ID, ticks, ticks, packet.isKey(), unit)));
  }

  private void sendSound(Packet packet) throws IOException {
    long position = packet.get().pts() + primingSamples(audio);
    outlet.send(
        new WorkerMessage.Packet(new Sample(AUDIO_ID, position, position, true, packet.payload())));
  }

  @Override
  public void close() {
    video.close();
    audio.close();
    media.close();
  }
}
