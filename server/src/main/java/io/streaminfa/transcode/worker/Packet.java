package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import io.streaminfa.media.Sample;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/** One AVPacket, filled again and again, and the one who frees it. */
final class Packet implements AutoCloseable {
  private final AVPacket packet;
  private boolean closed;

  Packet() throws WorkerFailure {
    packet = Native.allocated(av_packet_alloc(), "av_packet_alloc");
  }

  AVPacket get() {
    if (closed) {
      throw new IllegalStateException("packet used after it was freed");
    }
    return packet;
  }

  /** Holds a copy of the sample, with the padding that decoders read over the end. */
  void fill(Sample sample) throws WorkerFailure {
    unref();
    ByteBuffer data = sample.data().duplicate();
    Native.check(av_new_packet(packet, data.remaining()), "av_new_packet");
    packet.data().capacity(data.remaining()).asByteBuffer().put(data);
    packet.pts(sample.ptsTicks());
    packet.dts(sample.dtsTicks());
    packet.flags(sample.sync() ? avcodec.AV_PKT_FLAG_KEY : 0);
  }

  boolean isKey() {
    return (packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
  }

  /** The payload where it lies, valid until this packet is filled or released. */
  ByteBuffer payload() {
    return packet.data().capacity(packet.size()).asByteBuffer();
  }

  void unref() {
    av_packet_unref(get());
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      av_packet_free(packet);
    }
  }
}
