package io.streaminfa.ingest.upload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads {@code multipart/form-data} (RFC 7578, RFC 2046 section 5.1) part by part, in constant
 * memory: a part's content comes in slices of one buffer.
 */
final class MultipartReader {
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int MAX_HEADER_BYTES = 8 * 1024;
  private static final byte[] END_OF_HEADERS = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

  private final ByteSource source;

  /** What ends the content of every part, the invisible one before the first included. */
  private final byte[] delimiter;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private boolean inPart = true;
  private boolean closed;

  /**
   * Bytes that may come besides what {@link #content} has given: padding, boundaries and headers.
   */
  private long overheadLeft;

  /**
   * @param maxOverheadBytes of all that is not a part's content
   */
  MultipartReader(ByteSource source, MultipartBoundary boundary, long maxOverheadBytes) {
    this.source = source;
    this.delimiter = ("\r\n--" + boundary.value()).getBytes(StandardCharsets.ISO_8859_1);
    this.overheadLeft = maxOverheadBytes;
    // RFC 2046, 5.1.1: the first delimiter may stand at the very beginning, without its CRLF.
    buffer[0] = '\r';
    buffer[1] = '\n';
    limit = 2;
  }

  /** The next part, after what is left of the one before; empty after the last. */
  Optional<MultipartHeaders> nextPart() throws UploadRejected, InterruptedException {
    if (closed) {
      return Optional.empty();
    }
    while (inPart) {
      spend(content().remaining());
    }
    if (closesForm()) {
      closed = true;
      discardEpilogue();
      return Optional.empty();
    }
    MultipartHeaders headers = headers();
    inPart = true;
    return Optional.of(headers);
  }

  /**
   * More of the part's content, valid until the next call; nothing remains in the answer when the
   * part is over.
   */
  ByteBuffer content() throws UploadRejected, InterruptedException {
    while (inPart) {
      int end = indexOf(delimiter);
      if (end >= 0) {
        ByteBuffer last = ByteBuffer.wrap(buffer, position, end - position);
        position = end + delimiter.length;
        spend(delimiter.length);
        inPart = false;
        return last;
      }
      // The last bytes may be the beginning of a delimiter.
      int safe = limit - delimiter.length + 1;
      if (safe > position) {
        ByteBuffer some = ByteBuffer.wrap(buffer, position, safe - position);
        position = safe;
        return some;
      }
      fill();
    }
    return ByteBuffer.allocate(0);
  }

  /** RFC 2046, 5.1.1: "--" behind the boundary ends the form; white space may follow either. */
  private boolean closesForm() throws UploadRejected, InterruptedException {
    need(2);
    if (buffer[position] == '-' && buffer[position + 1] == '-') {
      return true;
    }
    while (buffer[position] == ' ' || buffer[position] == '\t') {
      position++;
      spend(1);
      need(2);
    }
    if (buffer[position] != '\r' || buffer[position + 1] != '\n') {
      throw malformed("malformed_form", "there is no end of line behind a boundary");
    }
    // This CRLF stays: without any header it is the first half of the empty line.
    return false;
  }

  private MultipartHeaders headers() throws UploadRejected, InterruptedException {
    int end = indexOf(END_OF_HEADERS);
    while (end < 0) {
      if (limit - position > MAX_HEADER_BYTES) {
        throw malformed(
            "form_too_large", "a part has more than " + MAX_HEADER_BYTES + " bytes of headers");
      }
      fill();
      end = indexOf(END_OF_HEADERS);
    }
    int length = end + END_OF_HEADERS.length - position;
    spend(length);
    String text = new String(buffer, position, end - position, StandardCharsets.UTF_8);
    position += length;
    return MultipartHeaders.parse(text);
  }

  private void discardEpilogue() throws UploadRejected, InterruptedException {
    int count = limit - position;
    while (count >= 0) {
      spend(count);
      count = source.read(buffer, 0, buffer.length);
    }
  }

  private void need(int count) throws UploadRejected, InterruptedException {
    while (limit - position < count) {
      fill();
    }
  }

  private void fill() throws UploadRejected, InterruptedException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    int count = source.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      throw malformed("truncated_form", "the body ends before the form's last boundary");
    }
    limit += count;
  }

  private void spend(long bytes) throws UploadRejected {
    overheadLeft -= bytes;
    if (overheadLeft < 0) {
      throw malformed("form_too_large", "the form has too much besides the file");
    }
  }

  private int indexOf(byte[] wanted) {
    int last = limit - wanted.length;
    for (int i = position; i <= last; i++) {
      if (buffer[i] == wanted[0]
          && Arrays.equals(buffer, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  static UploadRejected malformed(String code, String message) {
    return new UploadRejected(UploadRejected.Reason.MALFORMED, code, message);
  }

  /** What separates the parts: RFC 2046, 5.1.1. */
  record MultipartBoundary(String value) {
    private static final int MAX_CHARS = 70;
    private static final String SYMBOLS = "'()+_,-./:=? ";

    /**
     * @throws UploadRejected when the content type is not that of a form, or has no boundary
     */
    static MultipartBoundary of(Optional<String> contentType) throws UploadRejected {
      String text = contentType.orElse("");
      HeaderParameters parsed = HeaderParameters.parse(text);
      if (!parsed.value().toLowerCase(Locale.ROOT).equals("multipart/form-data")) {
        throw malformed("not_a_form", "send multipart/form-data with a part \"file\"");
      }
      String boundary =
          parsed
              .parameter("boundary")
              .orElseThrow(() -> malformed("invalid_boundary", "the form has no boundary"));
      boolean valid =
          !boundary.isEmpty()
              && boundary.length() <= MAX_CHARS
              && !boundary.endsWith(" ")
              && boundary.chars().allMatch(MultipartBoundary::isAllowed);
      if (!valid) {
        throw malformed("invalid_boundary", "the form's boundary is not one");
      }
      return new MultipartBoundary(boundary);
    }

    private static boolean isAllowed(int c) {
      boolean letterOrDigit = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
      return letterOrDigit || SYMBOLS.indexOf(c) >= 0;
    }
  }
}
