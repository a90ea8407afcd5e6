package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/** One AVFrame and the one who frees it. */
final class Frame implements AutoCloseable {
  private final AVFrame frame;
  private boolean closed;

  private Frame(AVFrame frame) {
    this.frame = frame;
  }

  static Frame empty() throws WorkerFailure {
    return new Frame(Native.allocated(av_frame_alloc(), "av_frame_alloc"));
  }

  /** Another reference to the same picture; nothing is copied. */
  static Frame sharing(AVFrame other) throws WorkerFailure {
    return new Frame(Native.allocated(av_frame_clone(other), "av_frame_clone"));
  }

  /** Decoders of raw audio know how many channels there are, and not which: the usual ones. */
  static void nameChannels(AVFrame sound) {
    if (sound.ch_layout().order() == avutil.AV_CHANNEL_ORDER_UNSPEC) {
      av_channel_layout_default(sound.ch_layout(), sound.ch_layout().nb_channels());
    }
  }

  AVFrame get() {
    if (closed) {
      throw new IllegalStateException("frame used after it was freed");
    }
    return frame;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_frame_free(frame);
    }
  }
}
