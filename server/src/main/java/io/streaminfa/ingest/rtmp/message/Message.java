package io.streaminfa.ingest.rtmp.message;

import io.streaminfa.ingest.rtmp.amf0.Amf0Reader;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.amf0.Amf0Writer;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** One RTMP message. */
public sealed interface Message {
  /** 5.4.1: the peer's chunks are this long from now on; 1 to 2^31-1. */
  record SetChunkSize(int bytes) implements Message {}

  /** 5.4.2: the rest of a chunk stream's message will not come. */
  record Abort(long chunkStreamId) implements Message {}

  /** 5.4.3: so many bytes have been received, modulo 2^32. */
  record Acknowledgement(long receivedBytes) implements Message {}

  /** 5.4.4: the sender wants an acknowledgement after so many bytes. */
  record WindowAcknowledgementSize(long bytes) implements Message {}

  /** 5.4.5: limits what the receiver may have in flight; the kind is hard, soft or dynamic. */
  record SetPeerBandwidth(long windowBytes, int limitKind) implements Message {
    public static final int DYNAMIC = 2;
  }

  /** 7.1.7: a message stream is ready for use. */
  record StreamBegin(long messageStreamId) implements Message {}

  /** 7.1.7: answered by the same number. */
  record PingRequest(long timestampMs) implements Message {}

  /** 7.1.7: the answer. */
  record PingResponse(long timestampMs) implements Message {}

  /** A command or the answer to one: 7. */
  record Command(String name, double transactionId, List<Amf0Value> arguments) implements Message {
    public Command {
      arguments = List.copyOf(arguments);
    }
  }

  /** Metadata: 7.1.2. */
  record Data(List<Amf0Value> values) implements Message {
    public Data {
      values = List.copyOf(values);
    }
  }

  /** The payload of an FLV audio tag. */
  record Audio(long timestampMs, ByteBuffer payload) implements Message {}

  /** The payload of an FLV video tag. */
  record Video(long timestampMs, ByteBuffer payload) implements Message {}

  /** 7.1.6: messages in one message; {@link AggregateReader} takes it apart. */
  record Aggregate(RawMessage whole) implements Message {}

  /** A message or user control event that a server of publishers has no use for. */
  record Ignored(int type) implements Message {}

  /** Message type ids. */
  final class Type {
    public static final int SET_CHUNK_SIZE = 1;
    public static final int ABORT = 2;
    public static final int ACKNOWLEDGEMENT = 3;
    public static final int USER_CONTROL = 4;
    public static final int WINDOW_ACKNOWLEDGEMENT_SIZE = 5;
    public static final int SET_PEER_BANDWIDTH = 6;
    public static final int AUDIO = 8;
    public static final int VIDEO = 9;
    public static final int DATA_AMF3 = 15;
    public static final int COMMAND_AMF3 = 17;
    public static final int DATA_AMF0 = 18;
    public static final int COMMAND_AMF0 = 20;
    public static final int AGGREGATE = 22;

    private Type() {}
  }

  /** User control event types: 7.1.7. */
  final class Event {
    static final int STREAM_BEGIN = 0;
    static final int PING_REQUEST = 6;
    static final int PING_RESPONSE = 7;

    private Event() {}
  }

  /**
   * Reads a message.
   *
   * @throws MediaFormatException with a code that begins with {@code rtmp} or {@code amf}
   */
  static Message decode(RawMessage raw) throws MediaFormatException {
    ByteReader in = new ByteReader(raw.payload(), "rtmp_control_truncated");
    return switch (raw.type()) {
      case Type.SET_CHUNK_SIZE -> decodeSetChunkSize(in);
      case Type.ABORT -> new Abort(in.readU32());
      case Type.ACKNOWLEDGEMENT -> new Acknowledgement(in.readU32());
      case Type.USER_CONTROL -> decodeUserControl(in);
      case Type.WINDOW_ACKNOWLEDGEMENT_SIZE -> new WindowAcknowledgementSize(in.readU32());
      case Type.SET_PEER_BANDWIDTH -> new SetPeerBandwidth(in.readU32(), in.readU8());
      case Type.AUDIO -> new Audio(raw.timestampMs(), raw.payload());
      case Type.VIDEO -> new Video(raw.timestampMs(), raw.payload());
      case Type.COMMAND_AMF0 -> decodeCommand(raw.payload());
      case Type.COMMAND_AMF3 -> decodeCommand(withoutFormatByte(raw.payload()));
      case Type.DATA_AMF0 -> new Data(Amf0Reader.readAll(raw.payload()));
      case Type.DATA_AMF3 -> new Data(Amf0Reader.readAll(withoutFormatByte(raw.payload())));
      case Type.AGGREGATE -> new Aggregate(raw);
      default -> new Ignored(raw.type());
    };
  }

  /**
   * The message on the wire.
   *
   * @param chunkStreamId what to send it on
   * @param messageStreamId what it belongs to; 0 is the connection
   */
  default RawMessage encode(int chunkStreamId, long messageStreamId) {
    ByteWriter out = new ByteWriter(64);
    return switch (this) {
      case Audio(long ms, ByteBuffer payload) ->
          new RawMessage(chunkStreamId, Type.AUDIO, messageStreamId, ms, payload);
      case Video(long ms, ByteBuffer payload) ->
          new RawMessage(chunkStreamId, Type.VIDEO, messageStreamId, ms, payload);
      case Aggregate(RawMessage whole) -> whole;
      case Ignored(int type) -> untimed(chunkStreamId, type, messageStreamId, out);
      case SetChunkSize(int bytes) ->
          untimed(chunkStreamId, Type.SET_CHUNK_SIZE, messageStreamId, out.u32(bytes));
      case Abort(long id) -> untimed(chunkStreamId, Type.ABORT, messageStreamId, out.u32(id));
      case Acknowledgement(long bytes) ->
          untimed(chunkStreamId, Type.ACKNOWLEDGEMENT, messageStreamId, out.u32(bytes));
      case WindowAcknowledgementSize(long bytes) ->
          untimed(chunkStreamId, Type.WINDOW_ACKNOWLEDGEMENT_SIZE, messageStreamId, out.u32(bytes));
      case SetPeerBandwidth(long bytes, int kind) ->
          untimed(chunkStreamId, Type.SET_PEER_BANDWIDTH, messageStreamId, out.u32(bytes).u8(kind));
      case StreamBegin(long id) -> event(chunkStreamId, messageStreamId, Event.STREAM_BEGIN, id);
      case PingRequest(long ms) -> event(chunkStreamId, messageStreamId, Event.PING_REQUEST, ms);
      case PingResponse(long ms) -> event(chunkStreamId, messageStreamId, Event.PING_RESPONSE, ms);
      case Command(String name, double transactionId, List<Amf0Value> arguments) -> {
        Amf0Writer amf = new Amf0Writer(out);
        amf.write(new Amf0Value.Text(name));
        amf.write(new Amf0Value.Num(transactionId));
        amf.writeAll(arguments);
        yield untimed(chunkStreamId, Type.COMMAND_AMF0, messageStreamId, out);
      }
      case Data(List<Amf0Value> values) -> {
        new Amf0Writer(out).writeAll(values);
        yield untimed(chunkStreamId, Type.DATA_AMF0, messageStreamId, out);
      }
    };
  }

  private static RawMessage event(int chunkStreamId, long messageStreamId, int event, long value) {
    ByteWriter out = new ByteWriter(6).u16(event).u32(value);
    return untimed(chunkStreamId, Type.USER_CONTROL, messageStreamId, out);
  }

  private static RawMessage untimed(
      int chunkStreamId, int type, long messageStreamId, ByteWriter payload) {
    return new RawMessage(chunkStreamId, type, messageStreamId, 0, payload.toByteBuffer());
  }

  private static Message decodeSetChunkSize(ByteReader in) throws MediaFormatException {
    // 5.4.1: the first bit "MUST be zero"; encoders that set it mean the rest.
    int bytes = (int) (in.readU32() & 0x7fff_ffff);
    if (bytes == 0) {
      throw new MediaFormatException.Malformed("rtmp_chunk_size_zero", "chunks of no bytes");
    }
    return new SetChunkSize(bytes);
  }

  private static Message decodeUserControl(ByteReader in) throws MediaFormatException {
    int event = in.readU16();
    return switch (event) {
      case Event.STREAM_BEGIN -> new StreamBegin(in.readU32());
      case Event.PING_REQUEST -> new PingRequest(in.readU32());
      case Event.PING_RESPONSE -> new PingResponse(in.readU32());
      default -> new Ignored(Type.USER_CONTROL);
    };
  }

  private static Message decodeCommand(ByteBuffer payload) throws MediaFormatException {
    List<Amf0Value> values = Amf0Reader.readAll(payload);
    if (values.size() >= 2
        && values.get(0) instanceof Amf0Value.Text(String name)
        && values.get(1) instanceof Amf0Value.Num(double transactionId)) {
      return new Command(name, transactionId, values.subList(2, values.size()));
    }
    throw new MediaFormatException.Malformed(
        "rtmp_command_malformed", "a command begins with a name and a transaction id");
  }

  /**
   * The AMF3 forms begin with a format byte of 0 before their AMF0 values. Encoders that forget it
   * begin with the marker of a string, which is not 0.
   */
  private static ByteBuffer withoutFormatByte(ByteBuffer payload) {
    boolean present = payload.hasRemaining() && payload.get(payload.position()) == 0;
    return present ? payload.slice(payload.position() + 1, payload.remaining() - 1) : payload;
  }
}
