package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Decodes one live track. What it cannot decode it counts and skips. */
final class Decoder implements AutoCloseable {
  private final Track track;
  private final PacketDecoder decoder;
  private final Packet packet;

  private Decoder(Track track, PacketDecoder decoder, Packet packet) {
    this.track = track;
    this.decoder = decoder;
    this.packet = packet;
  }

  static Decoder open(Track track) throws WorkerFailure {
    int codecId =
        switch (track.config()) {
          case CodecConfig.Avc avc -> avcodec.AV_CODEC_ID_H264;
          case CodecConfig.Aac aac -> avcodec.AV_CODEC_ID_AAC;
          case CodecConfig.Mp3 mp3 -> avcodec.AV_CODEC_ID_MP3;
        };
    PacketDecoder decoder =
        PacketDecoder.open(
            Native.allocated(avcodec_find_decoder(codecId), "avcodec_find_decoder"),
            context -> {
              setExtradata(context, track.config());
              // Each further frame thread would hold back one more picture.
              context.thread_count(1);
              context.pkt_timebase(timeBase(track.timescale()));
            });
    return new Decoder(track, decoder, new Packet());
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
    return decoder.context();
  }

  long errors() {
    return decoder.errors();
  }

  /** What the bit stream says of its rate; null when it says nothing. */
  @Nullable FrameRate claimedFrameRate() {
    AVRational rate = decoder.context().framerate();
    return rate.num() < 1 || rate.den() < 1 ? null : new FrameRate(rate.num(), rate.den());
  }

  void decode(Sample sample, PacketDecoder.Receiver receiver)
      throws WorkerFailure, InterruptedException {
    if (!sample.data().hasRemaining()) {
      return;
    }
    packet.fill(sample);
    decoder.send(packet.get(), receiver);
    packet.unref();
  }

  /** Gives what is left inside; nothing can be decoded after it. */
  void flush(PacketDecoder.Receiver receiver) throws WorkerFailure, InterruptedException {
    decoder.send(null, receiver);
  }

  @Override
  public void close() {
    packet.close();
    decoder.close();
  }
}
