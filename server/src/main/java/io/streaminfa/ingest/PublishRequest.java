package io.streaminfa.ingest;

import java.net.InetAddress;

/**
 * Somebody asks to publish.
 *
 * @param streamKey as sent, already stripped of spaces, query and URL encoding; a secret
 * @param remoteAddress for the limit on failed attempts and for the log
 * @param connectionId a short random name that is on every log line of this connection
 * @param protocol {@code "rtmp"}; the label of the ingest metrics
 */
public record PublishRequest(
    String streamKey, InetAddress remoteAddress, String connectionId, String protocol) {
  /** Without the key, which must never reach a log. */
  @Override
  public String toString() {
    return "PublishRequest[" + protocol + " " + connectionId + " from " + remoteAddress + "]";
  }
}
