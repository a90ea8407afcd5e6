package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Films in files that are much larger than they are, and take no room on the disk. */
public final class LargeFile {
  private LargeFile() {}

  /**
   * Appends a box that says nothing ({@code free}, ISO/IEC 14496-12, 8.1.2) of 64-bit size, whose
   * content is a hole.
   *
   * @param bytes what the file is to have
   */
  public static Path of(Path mp4, long bytes, Path directory) throws IOException {
    Path large = directory.resolve("large.mp4");
    Files.copy(mp4, large, StandardCopyOption.REPLACE_EXISTING);
    long size = Files.size(large);
    ByteBuffer head = ByteBuffer.allocate(16);
    head.putInt(1).put("free".getBytes(StandardCharsets.US_ASCII)).putLong(bytes - size).flip();
    try (FileChannel channel = FileChannel.open(large, StandardOpenOption.WRITE)) {
      channel.write(head, size);
      channel.write(ByteBuffer.wrap(new byte[1]), bytes - 1);
    }
    return large;
  }
}
