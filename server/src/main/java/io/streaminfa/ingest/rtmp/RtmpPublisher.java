package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.ChunkWriter;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.TagSyntax;
import io.streaminfa.media.flv.VideoTag;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other end of the protocol: publishes one stream to an RTMP server. One thread writes; answers
 * that come while media flows are read and dropped by another, so that the server's
 * acknowledgements never fill its window.
 */
public final class RtmpPublisher implements MediaSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RtmpPublisher.class);
  private static final int TIMEOUT_MS = 10_000;
  private static final int CHUNK_SIZE_BYTES = 65_536;
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final int COMMAND_CHUNK_STREAM = 3;
  private static final int MEDIA_CHUNK_STREAM = 4;

  /** A server's answers to one command; more is no RTMP server. */
  private static final int MAX_MESSAGES_AWAITED = 100;

  private final Socket socket;
  private final ChunkInput in;
  private final ChunkReader reader;
  private final OutputStream out;
  private final ChunkWriter writer = new ChunkWriter();
  private final Map<Integer, Track> tracks = new HashMap<>();
  private final String streamName;
  private volatile boolean isRefused;
  private long messageStreamId;
  private double lastTransactionId;

  private RtmpPublisher(Socket socket, String streamName) throws IOException {
    this.socket = socket;
    this.streamName = streamName;
    this.in = new ChunkInput(socket.getInputStream());
    this.reader = new ChunkReader(in, MAX_ANSWER_BYTES);
    this.out = socket.getOutputStream();
  }

  /**
   * Connects and publishes.
   *
   * @param app such as {@code live}
   * @param streamName the key
   * @throws IOException when the server cannot be reached, or refuses
   */
  public static RtmpPublisher open(String host, int port, String app, String streamName)
      throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.setTcpNoDelay(true);
      RtmpPublisher publisher = new RtmpPublisher(socket, streamName);
      publisher.begin("rtmp://" + host + ":" + port + "/" + app, app);
      return publisher;
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (MediaFormatException e) {
      socket.close();
      throw new IOException("the server does not speak RTMP: " + e.getMessage(), e);
    }
  }

  private void begin(String url, String app) throws IOException, MediaFormatException {
    Handshake.offer(in, out, new SecureRandom());
    send(new Message.SetChunkSize(CHUNK_SIZE_BYTES), 0);
    writer.setChunkSize(CHUNK_SIZE_BYTES);
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("app", new Amf0Value.Text(app));
    properties.put("type", new Amf0Value.Text("nonprivate"));
    properties.put("flashVer", new Amf0Value.Text("FMLE/3.0 (compatible; StreamInfa)"));
    properties.put("tcUrl", new Amf0Value.Text(url));
    command("connect", 0, new Amf0Value.Obj(properties));
    awaitCommand("_result");
    command("releaseStream", 0, new Amf0Value.Null(), new Amf0Value.Text(streamName));
    command("FCPublish", 0, new Amf0Value.Null(), new Amf0Value.Text(streamName));
    double transactionId = command("createStream", 0, new Amf0Value.Null());
    messageStreamId = awaitStreamId(transactionId);
    command(
        "publish",
        messageStreamId,
        new Amf0Value.Null(),
        new Amf0Value.Text(streamName),
        new Amf0Value.Text("live"));
    String status = statusCode(awaitCommand("onStatus"));
    if (!status.equals("NetStream.Publish.Start")) {
      throw new IOException("the server refuses: " + status);
    }
    socket.setSoTimeout(0);
    Thread.ofVirtual().name("rtmp-publisher-answers").start(this::dropAnswers);
  }

  /** Ends with the connection: {@link #close} closes the socket under it. */
  private void dropAnswers() {
    try {
      RawMessage answer = reader.read();
      while (answer != null) {
        answer = reader.read();
      }
      isRefused = true;
    } catch (IOException | MediaFormatException e) {
      isRefused = true;
    }
  }

  @Override
  public void start(List<Track> announced) throws MediaFormatException {
    tracks.clear();
    for (Track track : announced) {
      tracks.put(track.id(), track);
      switch (track.config()) {
        case CodecConfig.Avc(ByteBuffer config) ->
            media(new Message.Video(0, new VideoTag.SequenceStart(config).write(TagSyntax.LEGACY)));
        case CodecConfig.Aac(ByteBuffer config) ->
            media(new Message.Audio(0, new AudioTag.SequenceStart(config).write(TagSyntax.LEGACY)));
        case CodecConfig.Mp3() -> {
          // MP3 frames describe themselves.
        }
      }
    }
  }

  /**
   * Sends one sample at once; pacing is the caller's.
   *
   * @throws MediaFormatException when the server has ended the connection
   */
  @Override
  public void write(Sample sample) throws MediaFormatException {
    Track track = tracks.get(sample.trackId());
    if (track == null) {
      throw new IllegalArgumentException("no track " + sample.trackId());
    }
    long dtsMs = track.timescale().convert(sample.dtsTicks(), Timescale.MILLISECONDS);
    long ptsMs = track.timescale().convert(sample.ptsTicks(), Timescale.MILLISECONDS);
    ByteBuffer data = sample.data().duplicate();
    media(
        switch (track.config()) {
          case CodecConfig.Avc _ ->
              new Message.Video(
                  dtsMs,
                  new VideoTag.CodedFrames(sample.sync(), (int) (ptsMs - dtsMs), 0, data)
                      .write(TagSyntax.LEGACY));
          case CodecConfig.Aac _ ->
              new Message.Audio(dtsMs, new AudioTag.AacFrame(0, data).write(TagSyntax.LEGACY));
          case CodecConfig.Mp3 _ ->
              new Message.Audio(dtsMs, new AudioTag.Mp3Frame(0, data).write(TagSyntax.LEGACY));
        });
  }

  private void media(Message message) throws MediaFormatException {
    try {
      if (isRefused) {
        throw new IOException("the server closed the connection");
      }
      send(message, messageStreamId);
    } catch (IOException e) {
      throw new MediaFormatException.Unsupported("publish_ended", String.valueOf(e.getMessage()));
    }
  }

  /** Says that the stream is over, and closes the connection. */
  @Override
  public void end(EndReason reason) {
    try {
      if (reason == EndReason.CLEAN && !isRefused) {
        command("FCUnpublish", 0, new Amf0Value.Null(), new Amf0Value.Text(streamName));
        command("deleteStream", 0, new Amf0Value.Null(), new Amf0Value.Num(messageStreamId));
        socket.shutdownOutput();
      }
    } catch (IOException e) {
      log.debug("the server was gone before the stream ended: {}", e.toString());
    }
    close();
  }

  /** Drops the connection without a word, as a crash would. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("closing: {}", e.toString());
    }
  }

  private double command(String name, long streamId, Amf0Value... arguments) throws IOException {
    send(new Message.Command(name, ++lastTransactionId, List.of(arguments)), streamId);
    return lastTransactionId;
  }

  private void send(Message message, long streamId) throws IOException {
    int chunkStream =
        switch (message) {
          case Message.Audio _, Message.Video _ -> MEDIA_CHUNK_STREAM;
          default -> COMMAND_CHUNK_STREAM;
        };
    ByteBuffer bytes = writer.write(message.encode(chunkStream, streamId));
    out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  private long awaitStreamId(double transactionId) throws IOException, MediaFormatException {
    for (int i = 0; i < MAX_MESSAGES_AWAITED; i++) {
      Message.Command answer = awaitCommand("_result");
      if (answer.transactionId() == transactionId
          && answer.arguments().size() > 1
          && answer.arguments().get(1) instanceof Amf0Value.Num(double id)) {
        return (long) id;
      }
    }
    throw new IOException("no answer to createStream");
  }

  private Message.Command awaitCommand(String name) throws IOException, MediaFormatException {
    for (int i = 0; i < MAX_MESSAGES_AWAITED; i++) {
      RawMessage raw = reader.read();
      if (raw == null) {
        throw new IOException("the server closed the connection instead of " + name);
      }
      switch (Message.decode(raw)) {
        case Message.SetChunkSize(int bytes) -> reader.setChunkSize(bytes);
        case Message.Command command when command.name().equals(name) -> {
          return command;
        }
        case Message.Command command when command.name().equals("_error") ->
            throw new IOException("the server refuses: " + statusCode(command));
        default -> {
          // Control messages, and answers to what was not asked.
        }
      }
    }
    throw new IOException("no " + name);
  }

  private static String statusCode(Message.Command command) {
    return command.arguments().size() > 1
            && command.arguments().get(1) instanceof Amf0Value.Obj(Map<String, Amf0Value> info)
            && info.get("code") instanceof Amf0Value.Text(String code)
        ? code
        : "no code";
  }
}
