package io.streaminfa.auth;

import io.streaminfa.stream.PublishTarget;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamRegistry;
import java.net.InetAddress;
import java.time.Duration;

/** Decides who may publish. May block on the state store. */
public final class StreamKeyVerifier {
  private final StreamRegistry streams;
  private final AttemptLimiter limiter;
  private final AuthMetrics metrics;

  public StreamKeyVerifier(StreamRegistry streams, AttemptLimiter limiter, AuthMetrics metrics) {
    this.streams = streams;
    this.limiter = limiter;
    this.metrics = metrics;
  }

  /** The answer to a publisher. */
  public sealed interface Decision {
    /** The key opens this stream, which is pending or live. */
    record Accepted(Stream stream) implements Decision {}

    /** No stream has this key. */
    record UnknownKey() implements Decision {}

    /** The key is right, but its stream is over or deleted; not counted as an attempt. */
    record StreamEnded() implements Decision {}

    /** An unknown key from an address that sent too many. */
    record Blocked(Duration retryAfter) implements Decision {}
  }

  /**
   * @param presentedKey as the publisher sent it
   * @throws StreamException when a stream had to be made for a key of the settings and could not
   */
  public Decision verify(InetAddress address, String presentedKey) throws StreamException {
    return switch (streams.resolveForPublish(presentedKey)) {
      case PublishTarget.Open(Stream stream) -> new Decision.Accepted(stream);
      case PublishTarget.Refused(PublishTarget.Reason reason) ->
          switch (reason) {
            case UNKNOWN_KEY -> unknown(address);
            case ENDED, DELETED -> new Decision.StreamEnded();
          };
    };
  }

  private Decision unknown(InetAddress address) {
    Duration blocked = limiter.failed(address);
    if (blocked.isZero()) {
      metrics.failed(AuthMetrics.Kind.KEY_UNKNOWN);
      return new Decision.UnknownKey();
    }
    metrics.failed(AuthMetrics.Kind.BLOCKED);
    return new Decision.Blocked(blocked);
  }
}
