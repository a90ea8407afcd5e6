package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a connection comes to its end from this side. It is an {@link IOException}
 * so that it passes through the layers that read the socket.
 */
final class ConnectionEnd extends IOException {
  private static final long serialVersionUID = 1L;

  static final String BAD_NAME = "NetStream.Publish.BadName";
  static final String FAILED = "NetStream.Failed";
  static final String CLOSED = "NetConnection.Connect.Closed";

  private final EndReason reason;
  private final String code;
  private final @Nullable String status;

  private ConnectionEnd(
      EndReason reason, String code, @Nullable String status, String description) {
    super(description);
    this.reason = reason;
    this.code = code;
    this.status = status;
  }

  /** The peer is told why with an onStatus of this status code. */
  static ConnectionEnd refused(String code, String status, String description) {
    return new ConnectionEnd(EndReason.REFUSED, code, status, description);
  }

  static ConnectionEnd refused(PublishRejected rejected) {
    String code = rejected.reason().name().toLowerCase(Locale.ROOT);
    return refused(code, BAD_NAME, describe(rejected));
  }

  static ConnectionEnd refused(MediaFormatException defect) {
    return refused(defect.defectCode(), FAILED, describe(defect));
  }

  /** Nobody is told: the peer is not there, or not worth an answer. */
  static ConnectionEnd lost(String code, String description) {
    return new ConnectionEnd(EndReason.CONNECTION_LOST, code, null, description);
  }

  /**
   * The peer had its time and did not use it. It may only be slow, and is told; but this is no end
   * that it asked for, and it may come back.
   */
  static ConnectionEnd timedOut(String code, String status, String description) {
    return new ConnectionEnd(EndReason.CONNECTION_LOST, code, status, description);
  }

  static ConnectionEnd shutdown() {
    return new ConnectionEnd(
        EndReason.SHUTDOWN,
        "shutting_down",
        "NetConnection.Connect.AppShutdown",
        "The server is shutting down.");
  }

  EndReason reason() {
    return reason;
  }

  /** A stable name in snake_case. */
  String code() {
    return code;
  }

  /** The code of the onStatus that tells the peer; null when it is not told. */
  @Nullable String status() {
    return status;
  }

  /** A sentence for the peer and the log. */
  String description() {
    return describe(this);
  }

  private static String describe(Exception exception) {
    String message = exception.getMessage();
    return message == null ? "" : message;
  }
}
