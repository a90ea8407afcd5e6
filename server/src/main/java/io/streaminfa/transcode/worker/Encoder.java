package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** One opened encoder context: frames in, packets out. */
final class Encoder implements AutoCloseable {
  /** Receives each packet; it is reused as soon as this returns. */
  @FunctionalInterface
  interface Receiver {
    void encoded(Packet packet) throws WorkerFailure, IOException, InterruptedException;
  }

  /** Sets the fields of a context, and its private options through {@link #option}. */
  @FunctionalInterface
  interface Setup {
    void apply(AVCodecContext context) throws WorkerFailure;
  }

  private final AVCodecContext context;
  private final Packet packet;

  private Encoder(AVCodecContext context, Packet packet) {
    this.context = context;
    this.packet = packet;
  }

  static Encoder open(String name, Setup setup) throws WorkerFailure {
    AVCodec codec = avcodec_find_encoder_by_name(name);
    if (codec == null || codec.isNull()) {
      throw new WorkerFailure("encoder_missing", "FFmpeg has no encoder " + name, false);
    }
    AVCodecContext context =
        Native.allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3");
    try {
      setup.apply(context);
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
      int opened = avcodec_open2(context, codec, (AVDictionary) null);
      if (opened < 0) {
        throw new WorkerFailure("encoder_failed", name + ": " + Native.words(opened), false);
      }
      return new Encoder(context, new Packet());
    } catch (WorkerFailure e) {
      avcodec_free_context(context);
      throw e;
    }
  }

  /** A private option of the encoder. */
  static void option(AVCodecContext context, String name, String value) throws WorkerFailure {
    Native.check(avutil.av_opt_set(context.priv_data(), name, value, 0), name + "=" + value);
  }

  AVCodecContext context() {
    return context;
  }

  ByteBuffer extradata() {
    return context.extradata().capacity(context.extradata_size()).asByteBuffer();
  }

  /**
   * @param frame null at the end: gives what is left inside
   */
  void encode(@Nullable AVFrame frame, Receiver receiver)
      throws WorkerFailure, IOException, InterruptedException {
    Native.check(avcodec_send_frame(context, frame), "avcodec_send_frame");
    while (true) {
      int received = avcodec_receive_packet(context, packet.get());
      if (Native.isDry(received)) {
        return;
      }
      Native.check(received, "avcodec_receive_packet");
      receiver.encoded(packet);
      packet.unref();
    }
  }

  @Override
  public void close() {
    packet.close();
    avcodec_free_context(context);
  }
}
