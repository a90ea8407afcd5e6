package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.message.Message;
import java.io.IOException;

/** Tells the peer how much has arrived, once for each window: RTMP 1.0, 5.4.3. */
final class Acknowledgements {
  /** A smaller window would cost an answer for each of a peer's packets. */
  private static final long MIN_WINDOW_BYTES = 4096;

  /** What has arrived and not been read. */
  @FunctionalInterface
  interface Backlog {
    boolean isEmpty() throws IOException;
  }

  private final RtmpOutput out;
  private final Backlog backlog;
  private long windowBytes = PublishDialogue.WINDOW_BYTES;
  private long receivedBytes;
  private long acknowledgedBytes;

  /**
   * @param receivedBytes where to begin counting; not 0 only in a test of the wrap
   */
  Acknowledgements(RtmpOutput out, Backlog backlog, long receivedBytes) {
    this.out = out;
    this.backlog = backlog;
    this.receivedBytes = receivedBytes;
    this.acknowledgedBytes = receivedBytes;
  }

  /** A smaller window may be due at once: what set it may have come with all that follows. */
  void setWindow(long bytes) throws IOException {
    windowBytes = Math.max(MIN_WINDOW_BYTES, bytes);
    received(0);
  }

  /**
   * Says nothing while more waits to be read. An encoder closes its socket as soon as it has sent
   * its last frame, which may be seconds before it is read here; what is written to a closed socket
   * is answered with a reset, and that discards all that is still under way. A peer that waits for
   * an acknowledgement sends nothing more, so it gets one.
   */
  void received(int bytes) throws IOException {
    receivedBytes += bytes;
    if (receivedBytes - acknowledgedBytes >= windowBytes && backlog.isEmpty()) {
      acknowledgedBytes = receivedBytes;
      out.control(new Message.Acknowledgement(receivedBytes & 0xffff_ffffL));
    }
  }
}
