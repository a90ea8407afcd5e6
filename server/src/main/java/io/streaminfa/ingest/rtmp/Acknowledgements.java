package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.message.Message;
import java.io.IOException;

/** Tells the peer how much has arrived, once for each window: RTMP 1.0, 5.4.3. */
final class Acknowledgements {
  /** A smaller window would cost an answer for each of a peer's packets. */
  private static final long MIN_WINDOW_BYTES = 4096;

  private final RtmpOutput out;
  private long windowBytes = PublishDialogue.WINDOW_BYTES;
  private long receivedBytes;
  private long acknowledgedBytes;

  /**
   * @param receivedBytes where to begin counting; not 0 only in a test of the wrap
   */
  Acknowledgements(RtmpOutput out, long receivedBytes) {
    this.out = out;
    this.receivedBytes = receivedBytes;
    this.acknowledgedBytes = receivedBytes;
  }

  /** A smaller window may be due at once: what set it may have come with all that follows. */
  void setWindow(long bytes) throws IOException {
    windowBytes = Math.max(MIN_WINDOW_BYTES, bytes);
    received(0);
  }

  void received(int bytes) throws IOException {
    receivedBytes += bytes;
    if (receivedBytes - acknowledgedBytes >= windowBytes) {
      acknowledgedBytes = receivedBytes;
      out.control(new Message.Acknowledgement(receivedBytes & 0xffff_ffffL));
    }
  }
}
