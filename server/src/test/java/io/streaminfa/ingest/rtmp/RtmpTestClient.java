package io.streaminfa.ingest.rtmp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.ChunkWriter;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.MediaFormatException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A publisher that does exactly what a test tells it. Every read fails after ten seconds. */
public final class RtmpTestClient implements Closeable {
  private static final int READ_TIMEOUT_MS = 10_000;
  private static final int COMMAND_CHUNK_STREAM = 3;
  private static final int MEDIA_CHUNK_STREAM = 4;

  public final Socket socket;
  public final List<Message> received = new ArrayList<>();
  private final ChunkInput in;
  private final ChunkReader reader;
  private final ChunkWriter writer = new ChunkWriter();
  private double lastTransaction;

  public RtmpTestClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(READ_TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = new ChunkInput(socket.getInputStream());
    reader = new ChunkReader(in, 1 << 20);
  }

  /** Sends bytes as they are. */
  public void sendBytes(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** C0, C1 and C2; returns S0, S1 and S2. */
  public byte[] shakeHands() throws IOException {
    byte[] c0c1 = new byte[1 + Handshake.PACKET_BYTES];
    ByteBuffer.wrap(c0c1).put((byte) Handshake.VERSION).position(9).put("plain".getBytes(US_ASCII));
    sendBytes(c0c1);
    byte[] answer = new byte[1 + 2 * Handshake.PACKET_BYTES];
    in.readFully(answer, 0, answer.length);
    sendBytes(new byte[Handshake.PACKET_BYTES]);
    return answer;
  }

  /** Sends a message on a message stream. */
  public void send(Message message, long messageStreamId) throws IOException {
    int chunkStream =
        switch (message) {
          case Message.Audio _, Message.Video _, Message.Data _ -> MEDIA_CHUNK_STREAM;
          default -> COMMAND_CHUNK_STREAM;
        };
    send(message.encode(chunkStream, messageStreamId));
  }

  public void send(RawMessage message) throws IOException {
    ByteBuffer bytes = writer.write(message);
    socket.getOutputStream().write(bytes.array(), bytes.arrayOffset(), bytes.remaining());
  }

  /** Announces and uses another chunk size. */
  public void setChunkSize(int bytes) throws IOException {
    send(new Message.SetChunkSize(bytes), 0);
    writer.setChunkSize(bytes);
  }

  /** Sends a command with the next transaction id, and returns that. */
  public double command(String name, long messageStreamId, Amf0Value... arguments)
      throws IOException {
    send(new Message.Command(name, ++lastTransaction, List.of(arguments)), messageStreamId);
    return lastTransaction;
  }

  /** Reads until a command of this name comes. */
  public Message.Command awaitCommand(String name) throws IOException, MediaFormatException {
    while (true) {
      if (receive() instanceof Message.Command command && command.name().equals(name)) {
        return command;
      }
    }
  }

  /** Reads until an onStatus comes, and returns its code. */
  public String awaitStatus() throws IOException, MediaFormatException {
    return String.valueOf(awaitCommand("onStatus").arguments().get(1).text("code"));
  }

  /** Reads until a message of this type comes. */
  public <M extends Message> M await(Class<M> type) throws IOException, MediaFormatException {
    while (true) {
      Message message = receive();
      if (type.isInstance(message)) {
        return type.cast(message);
      }
    }
  }

  /** The next message; obeys a new chunk size. */
  public Message receive() throws IOException, MediaFormatException {
    RawMessage raw = reader.read();
    if (raw == null) {
      throw new IOException("the server closed the connection; before: " + received);
    }
    Message message = Message.decode(raw);
    if (message instanceof Message.SetChunkSize(int bytes)) {
      reader.setChunkSize(bytes);
    }
    received.add(message);
    return message;
  }

  /** Reads to the end of the connection. */
  public void awaitClose() throws IOException, MediaFormatException {
    for (RawMessage raw = reader.read(); raw != null; raw = reader.read()) {
      received.add(Message.decode(raw));
    }
  }

  /** Handshake and connect. */
  public Message.Command connect(String app) throws IOException, MediaFormatException {
    shakeHands();
    return connect(Map.of("app", new Amf0Value.Text(app)));
  }

  /** connect with an object of one's own; the handshake must be done. */
  public Message.Command connect(Map<String, Amf0Value> properties)
      throws IOException, MediaFormatException {
    command("connect", 0, new Amf0Value.Obj(new LinkedHashMap<>(properties)));
    return awaitCommand("_result");
  }

  /** createStream; returns the message stream. */
  public long createStream() throws IOException, MediaFormatException {
    command("createStream", 0, new Amf0Value.Null());
    return awaitCommand("_result").arguments().get(1) instanceof Amf0Value.Num(double id)
        ? (long) id
        : -1;
  }

  /** publish; returns the code of the answer. */
  public String publish(String streamName, long messageStreamId)
      throws IOException, MediaFormatException {
    command(
        "publish",
        messageStreamId,
        new Amf0Value.Null(),
        new Amf0Value.Text(streamName),
        new Amf0Value.Text("live"));
    return awaitStatus();
  }

  /** All of the above. */
  public long startPublishing(String app, String streamName)
      throws IOException, MediaFormatException {
    connect(app);
    long stream = createStream();
    String status = publish(streamName, stream);
    if (!status.equals("NetStream.Publish.Start")) {
      throw new IOException("refused: " + received);
    }
    return stream;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
