package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** What encoders made, to be kept with a durable job. */
public record RenditionList(List<Rendition> renditions) {
  private static final int USUAL_BYTES = 1024;

  public RenditionList {
    renditions = List.copyOf(renditions);
  }

  /** Read by {@link #ofBytes} of the same version. */
  public byte[] toBytes() {
    ByteWriter out = new ByteWriter(USUAL_BYTES).u8(renditions.size());
    renditions.forEach(rendition -> WorkerFields.writeRendition(out, rendition));
    return out.toByteArray();
  }

  /**
   * @throws MediaFormatException when these are not the bytes of such a list
   */
  public static RenditionList ofBytes(byte[] bytes) throws MediaFormatException {
    ByteReader in = new ByteReader(ByteBuffer.wrap(bytes), WorkerFields.MALFORMED);
    List<Rendition> renditions = WorkerFields.readList(in, WorkerFields::readRendition);
    if (in.hasRemaining()) {
      throw WorkerFields.malformed(in.remaining() + " bytes after the renditions");
    }
    return new RenditionList(renditions);
  }
}
