package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Decodes one track. What it cannot decode it counts and skips. */
final class Decoder implements AutoCloseable {
  /** Receives each decoded frame; the frame is reused as soon as this returns. */
  @FunctionalInterface
  interface Receiver {
    void decoded(AVFrame frame) throws WorkerFailure, InterruptedException;
  }

  private final Track track;
  private final AVCodecContext context;
  private final Packet packet;
  private final Frame frame;
  private long errors;
  private String lastErrorWords = "";

  private Decoder(Track track, AVCodecContext context, Packet packet, Frame frame) {
    this.track = track;
    this.context = context;
    this.packet = packet;
    this.frame = frame;
  }

  static Decoder open(Track track) throws WorkerFailure {
    int codecId =
        switch (track.config()) {
          case CodecConfig.Avc avc -> avcodec.AV_CODEC_ID_H264;
          case CodecConfig.Aac aac -> avcodec.AV_CODEC_ID_AAC;
          case CodecConfig.Mp3 mp3 -> avcodec.AV_CODEC_ID_MP3;
        };
    AVCodec codec = Native.allocated(avcodec_find_decoder(codecId), "avcodec_find_decoder");
    AVCodecContext context =
        Native.allocated(avcodec_alloc_context3(codec), "avcodec_alloc_context3");
    try {
      setExtradata(context, track.config());
      // Each further frame thread would hold back one more picture.
      context.thread_count(1);
      context.pkt_timebase(timeBase(track.timescale()));
      int opened = avcodec_open2(context, codec, (AVDictionary) null);
      if (opened < 0) {
        throw new WorkerFailure(
            "decoder_refused", codec.name().getString() + ": " + Native.words(opened), true);
      }
      return new Decoder(track, context, new Packet(), Frame.empty());
    } catch (WorkerFailure e) {
      avcodec_free_context(context);
      throw e;
    }
  }

  private static void setExtradata(AVCodecContext context, CodecConfig config) {
    ByteBuffer extradata =
        switch (config) {
          case CodecConfig.Avc avc -> avc.decoderConfigurationRecord().duplicate();
          case CodecConfig.Aac aac -> aac.audioSpecificConfig().duplicate();
          case CodecConfig.Mp3 mp3 -> ByteBuffer.allocate(0);
        };
    if (extradata.hasRemaining()) {
      int size = extradata.remaining();
      int padded = size + avcodec.AV_INPUT_BUFFER_PADDING_SIZE;
      // Freed by avcodec_free_context.
      BytePointer memory = new BytePointer(avutil.av_mallocz(padded)).capacity(padded);
      memory.asByteBuffer().put(extradata);
      context.extradata(memory).extradata_size(size);
    }
  }

  static AVRational timeBase(Timescale timescale) {
    return new AVRational().num(1).den(timescale.ticksPerSecond());
  }

  Track track() {
    return track;
  }

  AVCodecContext context() {
    return context;
  }

  long errors() {
    return errors;
  }

  String lastErrorWords() {
    return lastErrorWords;
  }

  /** What the bit stream says of its rate; null when it says nothing. */
  @Nullable FrameRate claimedFrameRate() {
    AVRational rate = context.framerate();
    return rate.num() < 1 || rate.den() < 1 ? null : new FrameRate(rate.num(), rate.den());
  }

  void decode(Sample sample, Receiver receiver) throws WorkerFailure, InterruptedException {
    if (!sample.data().hasRemaining()) {
      return;
    }
    packet.fill(sample);
    send(packet.get(), receiver);
    packet.unref();
  }

  /** Gives what is left inside; nothing can be decoded after it. */
  void flush(Receiver receiver) throws WorkerFailure, InterruptedException {
    send(null, receiver);
  }

  private void send(@Nullable AVPacket next, Receiver receiver)
      throws WorkerFailure, InterruptedException {
    int sent = avcodec_send_packet(context, next);
    if (sent < 0 && !Native.isDry(sent)) {
      countError(sent);
    }
    while (true) {
      int received = avcodec_receive_frame(context, frame.get());
      if (Native.isDry(received)) {
        return;
      }
      if (received < 0) {
        countError(received);
        return;
      }
      receiver.decoded(frame.get());
      avutil.av_frame_unref(frame.get());
    }
  }

  private void countError(int result) {
    errors++;
    lastErrorWords = Native.words(result);
  }

  @Override
  public void close() {
    packet.close();
    frame.close();
    avcodec_free_context(context);
  }
}
