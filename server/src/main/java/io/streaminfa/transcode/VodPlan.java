package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * All that must be the same for every chunk of one file. Made once and kept with the job: settings
 * may change between two chunks.
 *
 * @param keyframeInterval of all renditions, from the first picture on
 * @param encoder FFmpeg's name of the video encoder
 */
public record VodPlan(
    MediaProbe probe, LadderPlan ladder, Duration keyframeInterval, String encoder) {

  /** Pure: the same file and the same settings give the same plan. */
  public static VodPlan of(MediaProbe probe, TranscodeSettings settings) {
    return new VodPlan(
        probe,
        new LadderPlanner(settings.ladder()).plan(probe.source()),
        settings.keyframeInterval(),
        settings.encoder());
  }

  /** The id that the samples of the n-th video rendition carry. */
  public int videoTrackId(int index) {
    return index + 1;
  }

  /** The id that the samples of the n-th audio rendition carry. */
  public int audioTrackId(int index) {
    return ladder.videos().size() + 1 + index;
  }

  /** For a durable job; read by {@link #ofBytes} of the same version. */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter(1024);
    VodFields.writePlan(out, this);
    return out.toByteArray();
  }

  /**
   * @throws MediaFormatException when these are not the bytes of a plan
   */
  public static VodPlan ofBytes(byte[] bytes) throws MediaFormatException {
    ByteReader in = new ByteReader(ByteBuffer.wrap(bytes), WorkerFields.MALFORMED);
    VodPlan plan = VodFields.readPlan(in);
    if (in.hasRemaining()) {
      throw WorkerFields.malformed(in.remaining() + " bytes after a plan");
    }
    return plan;
  }
}
