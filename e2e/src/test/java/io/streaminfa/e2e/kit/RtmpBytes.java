package io.streaminfa.e2e.kit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * A publisher that writes RTMP byte by byte in the order in which OBS (librtmp) does, with any
 * timestamps that a test wants.
 */
public final class RtmpBytes implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;
  private static final int HANDSHAKE_BYTES = 1536;
  private static final int COMMAND_STREAM = 3;

  /** OBS sends sound, pictures and metadata on chunk stream 4. */
  private static final int MEDIA_STREAM = 4;

  private static final int COMMAND = 20;

  private final Socket socket;
  private final RtmpChunks.Writer writer;
  private final ReentrantLock writing = new ReentrantLock();
  private final BlockingQueue<List<Object>> commands = new LinkedBlockingQueue<>(1000);
  private final String app;
  private final String host;
  private int messageStream;

  private RtmpBytes(Socket socket, RtmpChunks.Writer writer, String host, String app) {
    this.socket = socket;
    this.writer = writer;
    this.host = host;
    this.app = app;
  }

  /** Shakes hands and connects to an application. */
  public static RtmpBytes connect(int port, String app) throws IOException, InterruptedException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
      shakeHands(in, out);
      socket.setSoTimeout(0);
      RtmpBytes publisher =
          new RtmpBytes(socket, new RtmpChunks.Writer(out), "127.0.0.1:" + port, app);
      Thread.startVirtualThread(() -> publisher.listen(new RtmpChunks.Reader(in)));
      publisher.connectApp();
      return publisher;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void shakeHands(DataInputStream in, DataOutputStream out) throws IOException {
    out.writeByte(3);
    ByteBuffer c1 = ByteBuffer.allocate(HANDSHAKE_BYTES);
    for (int i = 8; i < HANDSHAKE_BYTES; i++) {
      c1.put(i, (byte) (i * 31));
    }
    out.write(c1.array());
    out.flush();
    int version = in.readUnsignedByte();
    if (version != 3) {
      throw new IOException("RTMP version " + version);
    }
    byte[] s1 = in.readNBytes(HANDSHAKE_BYTES);
    in.readNBytes(HANDSHAKE_BYTES);
    out.write(s1);
    out.flush();
  }

  private void connectApp() throws IOException, InterruptedException {
    writing.lock();
    try {
      writer.setChunkSize(4096);
    } finally {
      writing.unlock();
    }
    String url = "rtmp://" + host + "/" + app;
    command(
        "connect",
        1,
        Map.of(
            "app",
            app,
            "type",
            "nonprivate",
            "flashVer",
            "FMLE/3.0 (compatible; FMSc/1.0)",
            "swfUrl",
            url,
            "tcUrl",
            url,
            "fourCcList",
            List.of("av01", "hvc1")));
    awaitResult(1);
  }

  /**
   * Asks to publish, and returns the server's code, such as {@code NetStream.Publish.Start}; an
   * empty text means that the server closed without a word.
   */
  public String publish(String key) throws IOException, InterruptedException {
    command("releaseStream", 2, Amf0.NULL, key);
    command("FCPublish", 3, Amf0.NULL, key);
    command("createStream", 4, Amf0.NULL);
    List<Object> created = awaitResult(4);
    messageStream = ((Double) created.get(3)).intValue();
    command("publish", 5, Amf0.NULL, key, app);
    while (true) {
      List<Object> status = nextCommand();
      if (status.isEmpty()) {
        return "";
      }
      if (status.getFirst().equals("onStatus")) {
        return String.valueOf(((Map<?, ?>) status.get(3)).get("code"));
      }
    }
  }

  /** Asks for an Acknowledgement after so many bytes: Window Acknowledgement Size (5.4.4). */
  public void acknowledgeEach(int bytes) throws IOException {
    write(2, 5, 0, ByteBuffer.allocate(4).putInt(0, bytes), true);
  }

  /** Sends one tag with a time of the caller's choice. Key frames carry it as an absolute one. */
  public void send(FlvTag tag, long timestampMs) throws IOException {
    ByteBuffer body = tag.body();
    if (tag.type() == FlvTag.SCRIPT) {
      byte[] name = Amf0.write("@setDataFrame");
      body = ByteBuffer.allocate(name.length + tag.body().remaining());
      body.put(name).put(tag.body().duplicate()).flip();
    }
    boolean absolute = tag.isHeader() || tag.isKeyFrame();
    write(MEDIA_STREAM, tag.type(), timestampMs, body, absolute);
  }

  /** Sends tags at the pace of their own times, whatever times they are sent with. */
  public void sendPaced(List<FlvTag> tags, ToLongFunction<FlvTag> timestampMs) throws IOException {
    long startNanos = System.nanoTime();
    long firstMs = tags.getFirst().timestampMs();
    for (FlvTag tag : tags) {
      long dueNanos = startNanos + (tag.timestampMs() - firstMs) * 1_000_000;
      for (long left = dueNanos - System.nanoTime();
          left > 0;
          left = dueNanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      send(tag, timestampMs.applyAsLong(tag));
    }
  }

  /** Ends the stream as OBS's stop button does. */
  public void finish() throws IOException {
    command("FCUnpublish", 6, Amf0.NULL, "");
    command("deleteStream", 7, Amf0.NULL, messageStream);
    socket.close();
  }

  /** Ends the connection without a word of RTMP, after all that was sent has been delivered. */
  public void hangUp() throws IOException {
    socket.shutdownOutput();
  }

  /** Drops the connection with a TCP reset, as a dying network does. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private void command(Object... values) throws IOException {
    boolean onStream = values[0].equals("publish");
    writing.lock();
    try {
      writer.write(
          COMMAND_STREAM,
          COMMAND,
          onStream ? messageStream : 0,
          0,
          ByteBuffer.wrap(Amf0.write(values)),
          true);
    } finally {
      writing.unlock();
    }
  }

  private void write(int chunkStream, int type, long timestampMs, ByteBuffer body, boolean absolute)
      throws IOException {
    writing.lock();
    try {
      writer.write(chunkStream, type, messageStream, timestampMs, body, absolute);
    } finally {
      writing.unlock();
    }
  }

  private List<Object> awaitResult(double transaction) throws IOException, InterruptedException {
    while (true) {
      List<Object> command = nextCommand();
      if (command.isEmpty()) {
        throw new IOException("the server closed before the answer " + transaction);
      }
      if (command.getFirst().equals("_result") && command.get(1).equals(transaction)) {
        return command;
      }
      if (command.getFirst().equals("_error") && command.get(1).equals(transaction)) {
        throw new IOException("refused: " + command);
      }
    }
  }

  private List<Object> nextCommand() throws IOException, InterruptedException {
    List<Object> command = commands.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    if (command == null) {
      throw new IOException("no command within " + Duration.ofMillis(TIMEOUT_MS));
    }
    return command;
  }

  /** Answers pings and keeps commands until the connection ends; an empty command is that end. */
  private void listen(RtmpChunks.Reader reader) {
    try {
      while (true) {
        RtmpChunks.Message message = reader.read();
        ByteBuffer body = message.body();
        if (message.type() == COMMAND) {
          commands.add(Amf0.read(body));
        } else if (message.type() == 4 && body.getShort(0) == 6) {
          // PingRequest is answered by PingResponse with the same four bytes (7.1.7).
          ByteBuffer pong = ByteBuffer.allocate(6).putShort((short) 7).putInt(body.getInt(2));
          write(2, 4, 0, pong.flip(), true);
        }
      }
    } catch (IOException ended) {
      commands.add(List.of());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
