package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.ingest.PublishHandler;
import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.ingest.PublishRequest;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.AggregateReader;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import java.io.IOException;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One connection, on one thread: handshake, then messages until one side ends it. The peer is told
 * why it is cut off, and given time to read that, before the socket closes.
 */
final class RtmpConnection implements Runnable, PublishDialogue.Publisher, TimedInput.Listener {
  private static final Logger log = LoggerFactory.getLogger(RtmpConnection.class);

  /** Commands are small; nobody unknown may make this server keep more. */
  private static final int MAX_MESSAGE_BYTES_BEFORE_PUBLISH = 64 * 1024;

  /** A key frame of the highest bitrate that anybody sends. */
  private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024 - 1;

  /** Media is taken so often; nothing behind it works in smaller steps. */
  private static final Duration READ_INTERVAL = Duration.ofMillis(40);

  private static final String PUBLISH_TIMEOUT = "publish_timeout";
  private static final String IDLE_TIMEOUT = "idle_timeout";

  /** What all connections of a server share. */
  record Shared(
      IngestSettings settings,
      RtmpTimeouts timeouts,
      PublishHandler handler,
      RtmpMetrics metrics,
      ConnectionLimits limits,
      SecureRandom random) {}

  private final Shared shared;
  private final String id;
  private final Socket socket;
  private final TimedInput input;
  private final ChunkInput in;
  private final ChunkReader reader;
  private final RtmpOutput out;
  private final Acknowledgements acknowledgements;
  private final PublishDialogue dialogue;
  private final EndRequest endRequest = new EndRequest();
  private final Runnable afterwards;

  private volatile boolean reconnectWanted;

  // Of the connection's own thread.
  private boolean handshakeDone;
  private boolean reconnectRequested;
  private @Nullable Publication publication;

  /**
   * @param socket closed by {@link #run}
   * @param afterwards called at the very end of {@link #run}
   */
  RtmpConnection(Shared shared, String id, Socket socket, Runnable afterwards) throws IOException {
    this.shared = shared;
    this.id = id;
    this.socket = socket;
    this.afterwards = afterwards;
    this.input = new TimedInput(socket, this);
    this.in = new ChunkInput(input);
    this.reader = new ChunkReader(in, MAX_MESSAGE_BYTES_BEFORE_PUBLISH);
    this.out = new RtmpOutput(socket.getOutputStream());
    this.acknowledgements = new Acknowledgements(out, input::isDrained, 0);
    this.dialogue = new PublishDialogue(out, this);
  }

  @Override
  public void run() {
    MDC.put("connection_id", id);
    ConnectionEnd end = ConnectionEnd.lost("internal_error", "This server has a defect.");
    try {
      end = converse();
    } finally {
      try {
        finish(end);
      } finally {
        MDC.remove("connection_id");
        afterwards.run();
      }
    }
  }

  /** Asks a client that can to come back elsewhere or later; false when it cannot. */
  boolean wantReconnect() {
    reconnectWanted = true;
    return dialogue.canRequestReconnect();
  }

  /** Ends the connection soon, from any thread. */
  void requestEnd(ConnectionEnd end) {
    endRequest.request(end);
  }

  /** Ends the connection now, whatever it is doing. */
  void sever() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("Closing the socket failed", e);
    }
  }

  /** Frees a thread that is held up by a peer that does not read, or by the stream behind it. */
  void watch() {
    if (out.isStuckFor(shared.timeouts().write())) {
      endRequest.request(ConnectionEnd.lost("peer_does_not_read", "The peer does not read."));
      sever();
    }
    endRequest.interruptIfOverdue();
  }

  private ConnectionEnd converse() {
    try {
      input.expireAfter(shared.timeouts().handshake(), "handshake_timeout");
      Handshake.accept(in, out.unchunked(), shared.random());
      handshakeDone = true;
      input.expireAfter(shared.timeouts().publish(), PUBLISH_TIMEOUT);
      for (RawMessage raw = reader.read(); raw != null; raw = reader.read()) {
        endRequest.check();
        receive(raw);
      }
      return ConnectionEnd.lost("connection_closed", "The peer closed the connection.");
    } catch (ConnectionEnd end) {
      return dialogue.isConnected() ? explained(end) : end;
    } catch (MediaFormatException e) {
      return ConnectionEnd.refused(e);
    } catch (IOException e) {
      log.debug("The connection broke", e);
      return endRequest.or(ConnectionEnd.lost("connection_lost", "The connection broke."));
    } catch (InterruptedException e) {
      return endRequest.or(ConnectionEnd.shutdown());
    }
  }

  /** A client that has been answered can be told that its time ran out. */
  private ConnectionEnd explained(ConnectionEnd end) {
    return switch (end.code()) {
      case PUBLISH_TIMEOUT ->
          ConnectionEnd.timedOut(
              end.code(),
              ConnectionEnd.CLOSED,
              "No stream was published within " + seconds(shared.timeouts().publish()) + ".");
      case IDLE_TIMEOUT ->
          ConnectionEnd.timedOut(
              end.code(),
              ConnectionEnd.FAILED,
              "No media came for " + seconds(shared.settings().idleTimeout()) + ".");
      default -> end;
    };
  }

  private static String seconds(Duration time) {
    return Math.ceilDiv(time.toMillis(), 1000) + " s";
  }

  private void receive(RawMessage raw)
      throws IOException, MediaFormatException, InterruptedException {
    Message message;
    try {
      message = Message.decode(raw);
    } catch (MediaFormatException e) {
      if (raw.type() == Message.Type.DATA_AMF0 || raw.type() == Message.Type.DATA_AMF3) {
        // Metadata is never trusted, so broken metadata costs nothing.
        shared.metrics().error(e.defectCode());
        return;
      }
      throw e;
    }
    receive(message, raw.messageStreamId());
  }

  private void receive(Message message, long messageStreamId)
      throws IOException, MediaFormatException, InterruptedException {
    switch (message) {
      case Message.Audio audio -> audio(audio);
      case Message.Video video -> video(video);
      case Message.Aggregate aggregate -> {
        AggregateReader parts = new AggregateReader(aggregate);
        for (RawMessage part = parts.next(); part != null; part = parts.next()) {
          receive(part);
        }
      }
      case Message.Command command -> dialogue.obey(command, messageStreamId);
      case Message.SetChunkSize(int bytes) -> reader.setChunkSize(bytes);
      case Message.Abort(long chunkStreamId) -> reader.abort((int) chunkStreamId);
      case Message.WindowAcknowledgementSize(long bytes) -> acknowledgements.setWindow(bytes);
      case Message.PingRequest(long timestampMs) ->
          out.control(new Message.PingResponse(timestampMs));
      // Metadata is never trusted: size, rate and codecs are read from the media itself.
      case Message.Data _,
          Message.Acknowledgement _,
          Message.SetPeerBandwidth _,
          Message.StreamBegin _,
          Message.PingResponse _,
          Message.Ignored _ -> {}
    }
  }

  private void audio(Message.Audio audio)
      throws ConnectionEnd, MediaFormatException, InterruptedException {
    if (publication != null) {
      publication.audio(audio);
      input.expireAfter(shared.settings().idleTimeout(), IDLE_TIMEOUT);
    }
  }

  private void video(Message.Video video)
      throws ConnectionEnd, MediaFormatException, InterruptedException {
    if (publication != null) {
      publication.video(video);
      input.expireAfter(shared.settings().idleTimeout(), IDLE_TIMEOUT);
    }
  }

  @Override
  public void beforeRead() throws IOException {
    endRequest.check();
    if (reconnectWanted && !reconnectRequested && dialogue.canRequestReconnect()) {
      reconnectRequested = true;
      dialogue.requestReconnect();
    }
    if (publication != null) {
      try {
        publication.tick();
      } catch (MediaFormatException e) {
        throw ConnectionEnd.refused(e);
      } catch (InterruptedException e) {
        throw endRequest.or(ConnectionEnd.shutdown());
      }
    }
  }

  @Override
  public void received(int bytes) throws IOException {
    shared.metrics().received(bytes);
    acknowledgements.received(bytes);
  }

  @Override
  public boolean isPublishing() {
    return publication != null;
  }

  @Override
  public void publish(String streamKey) throws IOException, InterruptedException {
    if (!shared.limits().beginPublishing()) {
      throw ConnectionEnd.refused(
          "too_many_connections", ConnectionEnd.BAD_NAME, "The server has too many publishers.");
    }
    try {
      PublishSession session = open(streamKey);
      publication =
          new Publication(
              session, shared.settings(), shared.metrics(), endRequest, System::nanoTime);
      session.onCutOff(
          (code, description) ->
              endRequest.request(ConnectionEnd.refused(code, ConnectionEnd.FAILED, description)));
      MDC.put("stream_id", session.streamId());
    } finally {
      if (publication == null) {
        shared.limits().endPublishing();
      }
    }
    reader.setMaxMessageBytes(MAX_MESSAGE_BYTES);
    input.pace(READ_INTERVAL);
    input.expireAfter(shared.settings().idleTimeout(), IDLE_TIMEOUT);
    log.info("Publishing started from {}", socket.getInetAddress().getHostAddress());
  }

  private PublishSession open(String streamKey) throws ConnectionEnd, InterruptedException {
    PublishRequest request =
        new PublishRequest(streamKey, socket.getInetAddress(), id, RtmpMetrics.PROTOCOL);
    endRequest.enterDownstream();
    try {
      return shared.handler().open(request);
    } catch (PublishRejected rejected) {
      throw ConnectionEnd.refused(rejected);
    } finally {
      endRequest.leaveDownstream();
    }
  }

  @Override
  public void unpublish() throws InterruptedException {
    endPublication(EndReason.CLEAN, "unpublished");
    input.expireAfter(shared.timeouts().publish(), PUBLISH_TIMEOUT);
  }

  private void endPublication(EndReason reason, String code) throws InterruptedException {
    Publication ended = publication;
    if (ended == null) {
      return;
    }
    publication = null;
    try {
      ended.end(reason, code);
    } finally {
      shared.limits().endPublishing();
      MDC.remove("stream_id");
    }
  }

  private void finish(ConnectionEnd end) {
    boolean wasPublishing = publication != null;
    report(end, wasPublishing);
    try (socket) {
      endPublication(end.reason(), end.code());
      String status = end.status();
      if (handshakeDone && status != null) {
        dialogue.sayEnd(status, end.description());
        socket.shutdownOutput();
        // With bytes unread, closing would send a reset, and that overtakes what was just said.
        input.drain(shared.timeouts().linger());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.debug("The peer did not wait for the end", e);
    } finally {
      shared.limits().leave();
    }
  }

  private void report(ConnectionEnd end, boolean wasPublishing) {
    switch (end.reason()) {
      case REFUSED -> {
        shared.metrics().error(end.code());
        log.warn(
            "Refused {}: {}: {}",
            socket.getInetAddress().getHostAddress(),
            end.code(),
            end.description());
      }
      case CONNECTION_LOST -> {
        // Encoders close as soon as they have ended their stream, and before they read the answer.
        boolean leftInPeace =
            end.code().equals("connection_closed") || end.code().equals("connection_lost");
        if (wasPublishing || !leftInPeace) {
          shared.metrics().error(end.code());
          log.info(
              "Lost {}: {}: {}",
              socket.getInetAddress().getHostAddress(),
              end.code(),
              end.description());
        }
      }
      case SHUTDOWN, CLEAN -> log.debug("Connection ended: {}", end.code());
    }
  }
}
