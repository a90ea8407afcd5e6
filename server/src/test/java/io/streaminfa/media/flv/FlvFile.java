package io.streaminfa.media.flv;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** An FLV file as a list of what RTMP would carry as messages (FLV 10.1, E.3). */
public record FlvFile(List<Tag> tags) {
  public static final int AUDIO = 8;
  public static final int VIDEO = 9;

  /**
   * @param type 8 audio, 9 video, 18 data
   * @param timestampMs unsigned 32 bits
   */
  public record Tag(int type, long timestampMs, ByteBuffer body) {}

  /** Reads {@code /flv/name} from the test resources. */
  public static FlvFile ofResource(String name) throws MediaFormatException {
    try (InputStream in = FlvFile.class.getResourceAsStream("/flv/" + name)) {
      return parse(ByteBuffer.wrap(Objects.requireNonNull(in, name).readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static FlvFile parse(ByteBuffer file) throws MediaFormatException {
    ByteReader reader = new ByteReader(file, "flv_truncated");
    if (reader.readU24() != 0x464c56) {
      throw new MediaFormatException.Malformed("flv_signature", "not an FLV file");
    }
    reader.skip(2);
    reader.skip((int) reader.readU32() - 9 + 4);
    List<Tag> tags = new ArrayList<>();
    while (reader.hasRemaining()) {
      int type = reader.readU8();
      int size = reader.readU24();
      long timestampMs = reader.readU24() | (long) reader.readU8() << 24;
      reader.skip(3);
      tags.add(new Tag(type, timestampMs, reader.readSlice(size)));
      reader.skip(4);
    }
    return new FlvFile(tags);
  }
}
