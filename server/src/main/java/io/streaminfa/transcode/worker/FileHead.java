package io.streaminfa.transcode.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * What a file begins with, for the words about one that cannot be opened.
 *
 * @param bytes Latin-1, so that a character is a byte
 */
record FileHead(String bytes, long sizeBytes) {
  private static final int HEAD_BYTES = 12;
  private static final String EBML = "\u001aE\u00df\u00a3";

  /** ISO/IEC 14496-12 and QuickTime: the boxes that a file may begin with. */
  private static final Set<String> FIRST_BOXES =
      Set.of("ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp");

  /**
   * @throws WorkerFailure {@code empty_file}, or {@code file_unreadable}
   */
  static FileHead read(String path) throws WorkerFailure {
    Path file = Path.of(path);
    try (InputStream in = Files.newInputStream(file)) {
      String head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
      if (head.isEmpty()) {
        throw new WorkerFailure("empty_file", "it has no bytes", true);
      }
      return new FileHead(head, Files.size(file));
    } catch (IOException e) {
      throw new WorkerFailure("file_unreadable", e.toString(), false);
    }
  }

  /** Of a file that FFmpeg does not take for one of the containers. */
  WorkerFailure refusal(WorkerFailure cause) {
    return isOfKnownKind()
        ? new WorkerFailure(
            "truncated_file",
            "it begins as a media file and lacks what describes it: " + cause.getMessage(),
            true)
        : new WorkerFailure(
            "not_a_media_file",
            "it is none of " + String.join(", ", MediaFile.CONTAINERS) + ": " + cause.getMessage(),
            true);
  }

  private boolean isOfKnownKind() {
    boolean isIso = bytes.length() >= 8 && FIRST_BOXES.contains(bytes.substring(4, 8));
    boolean isAvi = bytes.startsWith("RIFF") && bytes.endsWith("AVI ");
    return isIso || isAvi || bytes.startsWith(EBML) || bytes.startsWith("FLV\u0001");
  }
}
