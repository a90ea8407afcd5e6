package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A tag of an FLV file, which is also the payload of an RTMP message of the same type.
 *
 * @param type 8 audio, 9 video, 18 script data
 */
public record FlvTag(int type, long timestampMs, ByteBuffer body) {
  static final int AUDIO = 8;
  static final int VIDEO = 9;
  static final int SCRIPT = 18;

  /** All tags of a file, in its order. */
  public static List<FlvTag> readAll(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
    in.position(in.getInt(5) + 4);
    List<FlvTag> tags = new ArrayList<>();
    while (in.remaining() >= 11) {
      int typeAndSize = in.getInt();
      int time = in.getInt();
      in.position(in.position() + 3);
      int size = typeAndSize & 0xffffff;
      long timestampMs = (time >>> 8 | (time & 0xff) << 24) & 0xffff_ffffL;
      tags.add(
          new FlvTag(
              typeAndSize >>> 24 & 0x1f,
              timestampMs,
              in.slice(in.position(), size).asReadOnlyBuffer()));
      in.position(in.position() + size + 4);
    }
    return List.copyOf(tags);
  }

  public boolean isAudio() {
    return type == AUDIO;
  }

  public boolean isVideo() {
    return type == VIDEO;
  }

  /** Metadata and sequence headers: what belongs before the first picture. */
  public boolean isHeader() {
    if (type == SCRIPT) {
      return true;
    }
    // AVCPacketType and AACPacketType 0 are the configurations; MP3 (sound format 2) has none.
    boolean aac = type == AUDIO && (body.get(0) >>> 4 & 0xf) == 10;
    return (type == VIDEO || aac) && body.get(1) == 0;
  }

  /** One coded picture: neither the configuration nor the end of sequence (AVCPacketType 1). */
  public boolean isPicture() {
    return type == VIDEO && body.get(1) == 1;
  }

  /** When a picture is shown: its own time and the composition offset, a signed 24-bit number. */
  public long shownMs() {
    int offset = body.get(2) << 16 | (body.get(3) & 0xff) << 8 | (body.get(4) & 0xff);
    return timestampMs + offset;
  }

  public boolean isKeyFrame() {
    return type == VIDEO && !isHeader() && (body.get(0) >>> 4 & 0xf) == 1;
  }
}
