package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;

/**
 * The plain handshake of RTMP 1.0, 5.2. A client that offers the digest form is answered in the
 * plain one, which every publisher takes, and an all-zero C1 is as good as any.
 */
final class Handshake {
  static final int VERSION = 3;

  /** The length of C1, C2, S1 and S2. */
  static final int PACKET_BYTES = 1536;

  private static final int TIME_AND_ZERO_BYTES = 8;

  private Handshake() {}

  /**
   * Shakes hands as the server. C2 is read but not compared: it proves nothing, and some encoders
   * send something else.
   */
  static void accept(ChunkInput in, OutputStream out, SecureRandom random)
      throws IOException, MediaFormatException {
    int version = in.readU8();
    if (version != VERSION) {
      throw new MediaFormatException.Unsupported(
          "rtmp_version_unsupported", "RTMP version " + version + "; this server speaks 3");
    }
    byte[] c1 = new byte[PACKET_BYTES];
    in.readFully(c1, 0, PACKET_BYTES);

    byte[] s1Random = new byte[PACKET_BYTES - TIME_AND_ZERO_BYTES];
    random.nextBytes(s1Random);
    // S2 is C1 to the last byte: librtmp compares all of it, its second time field included.
    out.write(
        new ByteWriter(1 + 2 * PACKET_BYTES)
            .u8(VERSION)
            .zeros(TIME_AND_ZERO_BYTES)
            .raw(s1Random)
            .raw(c1)
            .toByteArray());
    out.flush();

    in.readFully(c1, 0, PACKET_BYTES);
  }

  /** Shakes hands as a client. S1 and S2 are read but not compared, as {@link #accept} does. */
  static void offer(ChunkInput in, OutputStream out, SecureRandom random) throws IOException {
    byte[] c1Random = new byte[PACKET_BYTES - TIME_AND_ZERO_BYTES];
    random.nextBytes(c1Random);
    out.write(
        new ByteWriter(1 + PACKET_BYTES)
            .u8(VERSION)
            .zeros(TIME_AND_ZERO_BYTES)
            .raw(c1Random)
            .toByteArray());
    out.flush();

    byte[] s1 = new byte[PACKET_BYTES];
    in.readU8();
    in.readFully(s1, 0, PACKET_BYTES);
    in.readFully(new byte[PACKET_BYTES], 0, PACKET_BYTES);
    out.write(s1);
    out.flush();
  }
}
