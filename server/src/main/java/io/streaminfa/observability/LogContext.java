package io.streaminfa.observability;

import org.slf4j.MDC;

/**
 * Puts an identity into every log line of this thread until it is closed: {@code try (var _ =
 * LogContext.ofStream(id))}. A thread that is started meanwhile has its own context.
 */
public final class LogContext implements AutoCloseable {
  static final String STREAM_ID = "stream_id";
  static final String CONNECTION_ID = "connection_id";
  static final String REQUEST_ID = "request_id";

  private final MDC.MDCCloseable entry;

  private LogContext(String key, String value) {
    entry = MDC.putCloseable(key, value);
  }

  public static LogContext ofStream(String streamId) {
    return new LogContext(STREAM_ID, streamId);
  }

  public static LogContext ofConnection(String connectionId) {
    return new LogContext(CONNECTION_ID, connectionId);
  }

  public static LogContext ofRequest(String requestId) {
    return new LogContext(REQUEST_ID, requestId);
  }

  @Override
  public void close() {
    entry.close();
  }
}
