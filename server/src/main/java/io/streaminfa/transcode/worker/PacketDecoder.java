package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** One opened decoder context: packets in, frames out. What it cannot decode it counts. */
final class PacketDecoder implements AutoCloseable {
  /** Receives each decoded frame; the frame is reused as soon as this returns. */
  @FunctionalInterface
  interface Receiver {
    void decoded(AVFrame frame) throws WorkerFailure, InterruptedException;
  }

  /** Sets the fields of a context before it is opened. */
  @FunctionalInterface
  interface Setup {
    void apply(AVCodecContext context) throws WorkerFailure;
  }

  private final AVCodecContext context;
  private final Frame frame;
  private long errors;

  private PacketDecoder(AVCodecContext context, Frame frame) {
    this.context = context;
    this.frame = frame;
  }

  static PacketDecoder open(AVCodec codec, Setup setup) throws WorkerFailure {
    AVCodecContext context =
        Native.allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3");
    try {
      setup.apply(context);
      int opened = avcodec_open2(context, codec, (AVDictionary) null);
      if (opened < 0) {
        throw new WorkerFailure(
            "decoder_refused", codec.name().getString() + ": " + Native.words(opened), true);
      }
      return new PacketDecoder(context, Frame.empty());
    } catch (WorkerFailure e) {
      avcodec_free_context(context);
      throw e;
    }
  }

  AVCodecContext context() {
    return context;
  }

  long errors() {
    return errors;
  }

  /**
   * @param next null at the end: gives what is left inside
   */
  void send(@Nullable AVPacket next, Receiver receiver) throws WorkerFailure, InterruptedException {
    int sent = avcodec_send_packet(context, next);
    if (sent < 0 && !Native.isDry(sent)) {
      errors++;
    }
    while (true) {
      int received = avcodec_receive_frame(context, frame.get());
      if (Native.isDry(received)) {
        return;
      }
      if (received < 0) {
        errors++;
        return;
      }
      receiver.decoded(frame.get());
      avutil.av_frame_unref(frame.get());
    }
  }

  /** Forgets all that came: the next packet is from somewhere else. */
  void reset() {
    avcodec_flush_buffers(context);
  }

  @Override
  public void close() {
    frame.close();
    avcodec_free_context(context);
  }
}
