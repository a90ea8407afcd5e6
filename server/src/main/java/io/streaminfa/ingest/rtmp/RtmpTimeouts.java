package io.streaminfa.ingest.rtmp;

import java.time.Duration;

/**
 * How long a peer may take. Each is for the whole of its phase, so that a byte now and then gains
 * no time.
 *
 * @param handshake from accept to C2
 * @param publish from the handshake to an accepted publisher, and again after each clean end
 * @param write for one message to leave; a peer that does not read is cut off
 * @param linger after the last message, for the peer to read it and close
 */
record RtmpTimeouts(Duration handshake, Duration publish, Duration write, Duration linger) {
  static final RtmpTimeouts DEFAULT =
      new RtmpTimeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2));
}
