package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the server and a worker process say to each other. On the wire a message is a 32-bit length
 * of all that follows it, one byte of type, the fields, and for samples the payload up to the end.
 */
public sealed interface WorkerMessage {
  /** Larger messages are refused by the reader and never written. */
  int MAX_MESSAGE_BYTES = 16 << 20;

  /** Appends type and fields, not the payload. */
  void write(ByteWriter out);

  /** What follows the fields; read only, often outside the heap. */
  default ByteBuffer payload() {
    return ByteBuffer.allocate(0);
  }

  /**
   * @param message without its length; samples and configurations keep a view of it
   * @throws MediaFormatException.Malformed {@code worker_message_malformed}
   */
  static WorkerMessage read(ByteBuffer message) throws MediaFormatException {
    ByteReader in = new ByteReader(message, WorkerFields.MALFORMED);
    int type = in.readU8();
    WorkerMessage read =
        switch (type) {
          case Configure.TYPE -> Configure.read(in);
          case Tracks.TYPE -> Tracks.read(in);
          case Packet.TYPE -> new Packet(WorkerFields.readSample(in));
          case End.TYPE -> new End();
          case Demonstrate.TYPE -> Demonstrate.read(in);
          case Probe.TYPE -> Probe.read(in);
          case EncodeChunk.TYPE -> EncodeChunk.read(in);
          case EncodeAudio.TYPE -> EncodeAudio.read(in);
          case Ready.TYPE -> new Ready(WorkerFields.readText(in));
          case Planned.TYPE -> Planned.read(in);
          case Encoded.TYPE -> new Encoded(WorkerFields.readSample(in));
          case Progress.TYPE -> Progress.read(in);
          case Diagnostic.TYPE -> new Diagnostic(WorkerFields.readText(in));
          case Failed.TYPE -> Failed.read(in);
          case Ended.TYPE -> new Ended();
          case Probed.TYPE -> new Probed(VodFields.readProbe(in));
          case Opened.TYPE -> new Opened(WorkerFields.readList(in, WorkerFields::readRendition));
          case Covered.TYPE -> Covered.read(in);
          default -> throw WorkerFields.malformed("message type " + type);
        };
    if (in.hasRemaining()) {
      throw WorkerFields.malformed(in.remaining() + " bytes after a message of type " + type);
    }
    return read;
  }

  /**
   * To the worker, first: what to make.
   *
   * @param lowLatency no lookahead and no B-frames, for about 600 ms less and 1 dB less
   * @param encoderThreads for all video encoders of this worker together; each has at least one
   * @param encodeFromMillis earlier pictures are decoded only
   */
  record Configure(
      TranscodeSettings settings, boolean lowLatency, int encoderThreads, long encodeFromMillis)
      implements WorkerMessage {
    static final int TYPE = 1;

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE);
      WorkerFields.writeSettings(out, settings);
      out.u8(lowLatency ? 1 : 0).u16(encoderThreads).u64(encodeFromMillis);
    }

    static Configure read(ByteReader in) throws MediaFormatException {
      return new Configure(
          WorkerFields.readSettings(in), WorkerFields.readFlag(in), in.readU16(), in.readS64());
    }
  }

  /** To the worker: the source's tracks; from a demonstration: the tracks it makes. */
  record Tracks(List<Track> tracks) implements WorkerMessage {
    static final int TYPE = 2;

    public Tracks {
      tracks = List.copyOf(tracks);
    }

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE).u8(tracks.size());
      for (Track track : tracks) {
        WorkerFields.writeTrack(out, track);
      }
    }

    static Tracks read(ByteReader in) throws MediaFormatException {
      return new Tracks(WorkerFields.readList(in, WorkerFields::readTrack));
    }
  }

  /** To the worker: one sample of the source; from a demonstration: one it made. */
  record Packet(Sample sample) implements WorkerMessage {
    static final int TYPE = 3;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeSampleFields(out.u8(TYPE), sample);
    }

    @Override
    public ByteBuffer payload() {
      return sample.data().duplicate();
    }
  }

  /** To the worker: nothing more comes; encode what is there. */
  record End() implements WorkerMessage {
    static final int TYPE = 4;

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE);
    }
  }

  /** To the worker, instead of {@link Configure}: be a source yourself. */
  record Demonstrate(Resolution size, FrameRate frameRate) implements WorkerMessage {
    static final int TYPE = 5;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeResolution(out.u8(TYPE), size);
      WorkerFields.writeFrameRate(out, frameRate);
    }

    static Demonstrate read(ByteReader in) throws MediaFormatException {
      return new Demonstrate(WorkerFields.readResolution(in), WorkerFields.readFrameRate(in));
    }
  }

  /** To the worker, instead of {@link Configure}: say what this file is. */
  record Probe(String path, ProbeLimits limits) implements WorkerMessage {
    static final int TYPE = 6;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), path);
      VodFields.writeLimits(out, limits);
    }

    static Probe read(ByteReader in) throws MediaFormatException {
      return new Probe(WorkerFields.readText(in), VodFields.readLimits(in));
    }
  }

  /** To the worker, instead of {@link Configure}: as {@link VideoChunkRequest} says. */
  record EncodeChunk(String path, VodPlan plan, long startTicks, long endTicks, int encoderThreads)
      implements WorkerMessage {
    static final int TYPE = 7;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), path);
      VodFields.writePlan(out, plan);
      out.u64(startTicks).u64(endTicks).u16(encoderThreads);
    }

    static EncodeChunk read(ByteReader in) throws MediaFormatException {
      return new EncodeChunk(
          WorkerFields.readText(in),
          VodFields.readPlan(in),
          WorkerFields.readCount(in),
          WorkerFields.readCount(in),
          in.readU16());
    }
  }

  /** To the worker, instead of {@link Configure}: as {@link AudioRequest} says. */
  record EncodeAudio(String path, VodPlan plan, long endTicks) implements WorkerMessage {
    static final int TYPE = 8;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), path);
      VodFields.writePlan(out, plan);
      out.u64(endTicks);
    }

    static EncodeAudio read(ByteReader in) throws MediaFormatException {
      return new EncodeAudio(
          WorkerFields.readText(in), VodFields.readPlan(in), WorkerFields.readCount(in));
    }
  }

  /** From the worker, first: FFmpeg is loaded. */
  record Ready(String ffmpegVersion) implements WorkerMessage {
    static final int TYPE = 16;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), ffmpegVersion);
    }
  }

  /** From the worker, once: what it saw and what it makes. */
  record Planned(SourceInfo source, List<Rendition> renditions) implements WorkerMessage {
    static final int TYPE = 17;

    public Planned {
      renditions = List.copyOf(renditions);
    }

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeSource(out.u8(TYPE), source);
      out.u8(renditions.size());
      for (Rendition rendition : renditions) {
        WorkerFields.writeRendition(out, rendition);
      }
    }

    static Planned read(ByteReader in) throws MediaFormatException {
      SourceInfo source = WorkerFields.readSource(in);
      return new Planned(source, WorkerFields.readList(in, WorkerFields::readRendition));
    }
  }

  /** From the worker: one encoded access unit. */
  record Encoded(Sample sample) implements WorkerMessage {
    static final int TYPE = 18;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeSampleFields(out.u8(TYPE), sample);
    }

    @Override
    public ByteBuffer payload() {
      return sample.data().duplicate();
    }
  }

  /**
   * From the worker, several times a second: that it lives, and what it has done since its start.
   *
   * @param consumedPackets taken from its input queue
   * @param consumedBytes their payloads
   * @param decodeErrors packets that no decoder could use
   * @param residentBytes 0 where the system does not tell
   * @param stalledMs how long it has had input and room for output, and has finished nothing
   */
  record Progress(
      long consumedPackets,
      long consumedBytes,
      long decodeErrors,
      long residentBytes,
      long stalledMs)
      implements WorkerMessage {
    static final int TYPE = 19;

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE)
          .u64(consumedPackets)
          .u64(consumedBytes)
          .u64(decodeErrors)
          .u64(residentBytes)
          .u64(stalledMs);
    }

    static Progress read(ByteReader in) throws MediaFormatException {
      return new Progress(
          WorkerFields.readCount(in),
          WorkerFields.readCount(in),
          WorkerFields.readCount(in),
          WorkerFields.readCount(in),
          WorkerFields.readCount(in));
    }
  }

  /** From the worker: a line for the log. */
  record Diagnostic(String text) implements WorkerMessage {
    static final int TYPE = 20;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), text);
    }
  }

  /** From the worker, last: it gives up. */
  record Failed(TranscodeFailure failure) implements WorkerMessage {
    static final int TYPE = 21;

    @Override
    public void write(ByteWriter out) {
      WorkerFields.writeText(out.u8(TYPE), failure.code());
      WorkerFields.writeText(out, failure.message());
      out.u8(failure.sourceAtFault() ? 1 : 0);
    }

    static Failed read(ByteReader in) throws MediaFormatException {
      return new Failed(
          new TranscodeFailure(
              WorkerFields.readText(in), WorkerFields.readText(in), WorkerFields.readFlag(in)));
    }
  }

  /** From the worker, last: all input was encoded and sent. */
  record Ended() implements WorkerMessage {
    static final int TYPE = 22;

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE);
    }
  }

  /** From the worker, the answer to {@link Probe}. */
  record Probed(MediaProbe probe) implements WorkerMessage {
    static final int TYPE = 23;

    @Override
    public void write(ByteWriter out) {
      VodFields.writeProbe(out.u8(TYPE), probe);
    }
  }

  /** From the worker, once: what it makes of a file. */
  record Opened(List<Rendition> renditions) implements WorkerMessage {
    static final int TYPE = 24;

    public Opened {
      renditions = List.copyOf(renditions);
    }

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE).u8(renditions.size());
      renditions.forEach(rendition -> WorkerFields.writeRendition(out, rendition));
    }
  }

  /** From the worker, behind the last sample that it makes of a file. */
  record Covered(EncodedRange range) implements WorkerMessage {
    static final int TYPE = 25;

    @Override
    public void write(ByteWriter out) {
      out.u8(TYPE).u64(range.pictures()).u64(range.endTicks()).u64(range.decodeErrors());
    }

    static Covered read(ByteReader in) throws MediaFormatException {
      return new Covered(
          new EncodedRange(
              WorkerFields.readCount(in), WorkerFields.readCount(in), WorkerFields.readCount(in)));
    }
  }
}
