package io.streaminfa.pipeline;

import io.streaminfa.ingest.PublishSession;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** An encoder on an accepted connection: 25 pictures a second, a key frame every two seconds. */
final class Publisher {
  static final int VIDEO_TRACK = 1;
  static final int AUDIO_TRACK = 2;
  private static final int FRAME_MILLIS = 40;
  private static final int KEY_FRAME_MILLIS = 2000;

  /** x264, main profile, level 3.1, 1280x720. */
  static final CodecConfig.Avc AVC =
      new CodecConfig.Avc(
          bytes(
              "014d401fffe10019674d401feca02802dd8088000003000800000301e078c18cb001000468efbc80"));

  /** AAC-LC, stereo, 48 kHz. */
  static final Track AUDIO =
      new Track(AUDIO_TRACK, Timescale.MILLISECONDS, new CodecConfig.Aac(bytes("1190")));

  static final Track VIDEO = new Track(VIDEO_TRACK, Timescale.MILLISECONDS, AVC);

  final CompletableFuture<String> cutOffCode = new CompletableFuture<>();
  private final PublishSession session;
  private final AtomicBoolean isEnded = new AtomicBoolean();
  private long sentMillis;

  Publisher(PublishSession session) {
    this.session = session;
  }

  /** As the connection of an encoder does that is told to go: it ends on its own thread. */
  Publisher obeying() {
    session.onCutOff(
        (code, _) -> {
          cutOffCode.complete(code);
          Thread.ofVirtual().start(() -> endQuietly(EndReason.REFUSED));
        });
    return this;
  }

  private void endQuietly(EndReason reason) {
    try {
      end(reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Publisher start(Track... tracks) throws Exception {
    session.start(List.of(tracks));
    return this;
  }

  /** Goes on to a moment of this connection's clock, with audio where it was announced. */
  Publisher sendUntil(double seconds, Track... tracks) throws MediaFormatException, Exception {
    for (; sentMillis < seconds * 1000; sentMillis += FRAME_MILLIS) {
      for (Track track : tracks) {
        boolean sync = track.id() != VIDEO_TRACK || sentMillis % KEY_FRAME_MILLIS == 0;
        session.write(
            new Sample(track.id(), sentMillis, sentMillis, sync, bytes("0000000465000001")));
      }
    }
    return this;
  }

  /** Once, like a connection. */
  void end(EndReason reason) throws InterruptedException {
    if (isEnded.compareAndSet(false, true)) {
      session.end(reason);
    }
  }

  private static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).asReadOnlyBuffer();
  }
}
