package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.message.Message;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The commands between connect and the end of a stream: RTMP 1.0, section 7.2, and those that
 * encoders took over from Flash Media Server without a specification.
 */
final class PublishDialogue {
  /** How much each side may have unacknowledged. */
  static final int WINDOW_BYTES = 2_500_000;

  private static final int OUTGOING_CHUNK_BYTES = 4096;

  /** An encoder needs one; more only if it publishes again on the same connection. */
  private static final int MAX_MESSAGE_STREAMS = 16;

  /** What an unknown command's name must look like to be repeated in a log. */
  private static final Pattern PLAIN_NAME = Pattern.compile("\\w{1,40}");

  private static final Amf0Value NULL = new Amf0Value.Null();
  private static final Amf0Value UNDEFINED = new Amf0Value.Undefined();

  /** Whom the commands are about. */
  interface Publisher {
    boolean isPublishing();

    /** Authenticates; returns when media may come. */
    void publish(String streamKey) throws IOException, InterruptedException;

    /** A clean end; nothing when there is no stream. */
    void unpublish() throws InterruptedException;
  }

  private final RtmpOutput out;
  private final Publisher publisher;
  private final Set<Long> messageStreams = new HashSet<>();
  private long lastMessageStream;
  private long statusStream;
  private @Nullable Amf0Value connectObject;

  PublishDialogue(RtmpOutput out, Publisher publisher) {
    this.out = out;
    this.publisher = publisher;
  }

  /** Whether connect was answered: from then on the client listens to onStatus. */
  boolean isConnected() {
    return connectObject != null;
  }

  /** Whether the client announced that it obeys {@link #requestReconnect}. */
  boolean canRequestReconnect() {
    return connectObject != null && ConnectReply.announcesReconnect(connectObject);
  }

  /** Enhanced RTMP v2, Reconnect Request: without a tcUrl, "use the tcUrl for the current one". */
  void requestReconnect() throws IOException {
    new Status("status", "NetConnection.Connect.ReconnectRequest", "The server is restarting.")
        .send(out, "onStatus", 0);
  }

  /** Tells the publisher that its stream, or the connection, is at an end. */
  void sayEnd(String statusCode, String description) throws IOException {
    new Status("error", statusCode, description).send(out, "onStatus", statusStream);
  }

  /**
   * Obeys one command.
   *
   * @param messageStreamId the message stream it came on
   * @throws ConnectionEnd when the connection must end
   */
  void obey(Message.Command command, long messageStreamId)
      throws IOException, InterruptedException {
    switch (command.name()) {
      case "connect" -> connect(command);
      case "createStream" -> createStream(command);
      case "releaseStream", "_checkbw" -> succeed(command, UNDEFINED);
      case "FCPublish" -> {
        succeed(command, UNDEFINED);
        new Status("status", "NetStream.Publish.Start", "FCPublish succeeded.")
            .send(out, "onFCPublish", 0);
      }
      case "publish" -> publish(command, messageStreamId);
      case "FCUnpublish" -> {
        endStream();
        succeed(command, UNDEFINED);
        new Status("status", "NetStream.Unpublish.Success", "FCUnpublish succeeded.")
            .send(out, "onFCUnpublish", 0);
      }
      case "closeStream" -> closeStream(messageStreamId);
      case "deleteStream" -> deleteStream(command);
      case "getStreamLength" -> succeed(command, new Amf0Value.Num(0));
      case "play", "play2" -> refusePlayer(messageStreamId);
      // Answers to what this server never asked, and what needs no answer.
      case "_result", "_error", "onStatus", "@setDataFrame" -> {}
      default -> fail(command, "This server has no command " + printable(command.name()) + ".");
    }
  }

  private void connect(Message.Command command) throws IOException {
    if (command.arguments().isEmpty()
        || !(command.arguments().getFirst() instanceof Amf0Value.Obj object)) {
      throw ConnectionEnd.refused(
          "connect_malformed", "NetConnection.Connect.Rejected", "connect needs an object.");
    }
    if (publisher.isPublishing()) {
      fail(command, "This connection is publishing already.");
      return;
    }
    connectObject = object;
    out.control(new Message.WindowAcknowledgementSize(WINDOW_BYTES));
    out.control(new Message.SetPeerBandwidth(WINDOW_BYTES, Message.SetPeerBandwidth.DYNAMIC));
    out.setChunkSize(OUTGOING_CHUNK_BYTES);
    out.command(ConnectReply.success(command.transactionId()), 0);
  }

  private void createStream(Message.Command command) throws IOException {
    if (connectObject == null || messageStreams.size() == MAX_MESSAGE_STREAMS) {
      fail(command, connectObject == null ? "connect comes first." : "Too many streams.");
      return;
    }
    messageStreams.add(++lastMessageStream);
    succeed(command, new Amf0Value.Num(lastMessageStream));
  }

  private void publish(Message.Command command, long messageStreamId)
      throws IOException, InterruptedException {
    statusStream = messageStreamId;
    Amf0Value connected = connectObject;
    if (connected == null || !messageStreams.contains(messageStreamId)) {
      throw ConnectionEnd.refused(
          "publish_without_stream", ConnectionEnd.BAD_NAME, "publish comes after createStream.");
    }
    if (publisher.isPublishing()) {
      throw ConnectionEnd.refused(
          "already_publishing",
          ConnectionEnd.BAD_NAME,
          "This connection is publishing already; one connection, one stream.");
    }
    publisher.publish(streamKey(connected, command.arguments()));
    out.control(new Message.StreamBegin(messageStreamId));
    new Status("status", "NetStream.Publish.Start", "Publishing started.")
        .send(out, "onStatus", messageStreamId);
  }

  private static String streamKey(Amf0Value connected, List<Amf0Value> arguments)
      throws ConnectionEnd {
    String app = connected.text("app");
    String name =
        arguments.size() > 1 && arguments.get(1) instanceof Amf0Value.Text(String text) ? text : "";
    String key = StreamKeyLocation.find(app == null ? "" : app, name);
    if (key.isEmpty()) {
      throw ConnectionEnd.refused(
          "no_stream_key", ConnectionEnd.BAD_NAME, "The stream key is missing.");
    }
    return key;
  }

  private void closeStream(long messageStreamId) throws IOException, InterruptedException {
    if (endStream()) {
      new Status("status", "NetStream.Unpublish.Success", "The stream has ended.")
          .send(out, "onStatus", messageStreamId);
    }
  }

  /** 7.2.2.3: "The server does not send any response." */
  private void deleteStream(Message.Command command) throws InterruptedException {
    List<Amf0Value> arguments = command.arguments();
    long id =
        arguments.size() > 1 && arguments.get(1) instanceof Amf0Value.Num(double number)
            ? (long) number
            : statusStream;
    messageStreams.remove(id);
    if (id == statusStream) {
      endStream();
    }
  }

  /** Ends the stream before anything is answered: an encoder that said so may be gone by then. */
  private boolean endStream() throws InterruptedException {
    boolean publishing = publisher.isPublishing();
    publisher.unpublish();
    return publishing;
  }

  private void refusePlayer(long messageStreamId) throws ConnectionEnd {
    statusStream = messageStreamId;
    throw ConnectionEnd.refused(
        "play_unsupported",
        "NetStream.Play.Failed",
        "This server takes streams over RTMP and delivers them over HLS.");
  }

  private void succeed(Message.Command command, Amf0Value value) throws IOException {
    // 7.1.1: a transaction id of 0 asks for no answer.
    if (command.transactionId() != 0) {
      out.command(new Message.Command("_result", command.transactionId(), List.of(NULL, value)), 0);
    }
  }

  private void fail(Message.Command command, String description) throws IOException {
    if (command.transactionId() != 0) {
      Status status = new Status("error", "NetConnection.Call.Failed", description);
      out.command(
          new Message.Command(
              "_error", command.transactionId(), List.of(NULL, status.information())),
          0);
    }
  }

  private static String printable(String name) {
    return PLAIN_NAME.matcher(name).matches() ? name : "of that name";
  }
}
