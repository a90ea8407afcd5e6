package io.streaminfa.storage.s3;

import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore.ObjectInfo;
import io.streaminfa.storage.ObjectStore.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The bytes of requests and of answers, which are exactly as many as announced or an error. */
final class ObjectBody {
  /** RFC 9110, 14.4: {@code bytes 0-99/1234}. */
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

  private ObjectBody() {}

  /** Sends the buffer without a copy, as often as it is asked for. */
  static RequestBody of(ByteBuffer data, String contentType) {
    ByteBuffer bytes = data.asReadOnlyBuffer();
    return RequestBody.fromContentProvider(
        ContentStreamProvider.fromInputStreamSupplier(() -> new BufferInput(bytes.duplicate())),
        bytes.remaining(),
        contentType);
  }

  /** The whole object. */
  static StoredObject whole(ObjectKey key, GetObjectResponse response, InputStream in)
      throws IOException {
    long bytes = announced(response);
    return new StoredObject(new ObjectInfo(key, bytes, etag(response.eTag())), read(in, bytes));
  }

  /** The part of the object that was asked for; fewer bytes only where the object ends. */
  static StoredObject range(
      ObjectKey key, long offset, int length, GetObjectResponse response, InputStream in)
      throws IOException {
    String text = String.valueOf(response.contentRange());
    Matcher range = CONTENT_RANGE.matcher(text);
    if (!range.matches()) {
      throw new WrongAnswer("no Content-Range that can be read in a partial answer: " + text);
    }
    long first = Long.parseLong(range.group(1));
    long last = Long.parseLong(range.group(2));
    long size = Long.parseLong(range.group(3));
    if (first != offset || last != Math.min(size, offset + length) - 1) {
      throw new WrongAnswer("asked for " + length + " bytes at " + offset + ", got " + text);
    }
    return new StoredObject(
        new ObjectInfo(key, size, etag(response.eTag())), read(in, last - first + 1));
  }

  private static long announced(GetObjectResponse response) throws IOException {
    Long bytes = response.contentLength();
    if (bytes == null || bytes < 0 || bytes > Integer.MAX_VALUE - 8) {
      throw new WrongAnswer("a length that no object here has: " + bytes);
    }
    return bytes;
  }

  /** Without its quotes. */
  static String etag(@Nullable String header) throws WrongAnswer {
    if (header == null || header.isEmpty()) {
      throw new WrongAnswer("an object without an ETag");
    }
    String strong = header.startsWith("W/") ? header.substring(2) : header;
    return strong.replace("\"", "");
  }

  private static ByteBuffer read(InputStream in, long announcedBytes) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(announcedBytes)];
    int received = 0;
    try {
      while (received < bytes.length) {
        int count = in.read(bytes, received, bytes.length - received);
        if (count < 0) {
          throw new CutBody(received, announcedBytes, null);
        }
        received += count;
      }
      if (in.read() >= 0) {
        throw new CutBody(received + 1L, announcedBytes, null);
      }
    } catch (CutBody e) {
      throw e;
    } catch (IOException e) {
      throw new CutBody(received, announcedBytes, e);
    }
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  private static final class BufferInput extends InputStream {
    private final ByteBuffer bytes;

    BufferInput(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.hasRemaining() ? bytes.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (!bytes.hasRemaining()) {
        return length == 0 ? 0 : -1;
      }
      int count = Math.min(length, bytes.remaining());
      bytes.get(target, offset, count);
      return count;
    }

    @Override
    public int available() {
      return bytes.remaining();
    }
  }
}
