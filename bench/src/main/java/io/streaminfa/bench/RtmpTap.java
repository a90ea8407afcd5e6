package io.streaminfa.bench;

import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.flv.VideoTag;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands between one publisher and the server and notes when each picture passes, so that the
 * source's clock is known: from bytes on the wire, not from when a program was started.
 */
final class RtmpTap implements AutoCloseable {
  /** RTMP 1.0, 5.2: C0, C1 and C2. */
  private static final int HANDSHAKE_BYTES = 1 + 1536 + 1536;

  private static final int SET_CHUNK_SIZE = 1;
  private static final int VIDEO = 9;
  private static final int MAX_MESSAGE_BYTES = 16 << 20;
  private static final int UNKNOWN = -1;

  private final ServerSocket listener;
  private final URI target;
  private final CompletableFuture<Long> firstShownMs = new CompletableFuture<>();
  private final AtomicLong zeroNanos = new AtomicLong(UNKNOWN);

  /**
   * @param target where the server waits
   */
  RtmpTap(URI target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().name("rtmp-tap").daemon().start(this::serve);
  }

  /** Where to publish. */
  URI address() {
    return URI.create("rtmp://127.0.0.1:" + listener.getLocalPort() + target.getPath());
  }

  /**
   * When the source's zero was, by {@link System#nanoTime}: the earliest that any picture's arrival
   * less its decoding time says. Empty before the first picture.
   */
  OptionalLong zeroNanos() {
    long zero = zeroNanos.get();
    return zero == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(zero);
  }

  /** Presentation time of the first picture; waits for it. */
  long firstShownMs() {
    return firstShownMs.join();
  }

  private void serve() {
    try (Socket publisher = listener.accept();
        Socket server = new Socket(target.getHost(), target.getPort())) {
      publisher.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofPlatform().name("rtmp-tap-back").daemon().start(() -> back(server, publisher));
      forward(publisher, server.getOutputStream());
    } catch (IOException | MediaFormatException e) {
      firstShownMs.completeExceptionally(e);
    }
  }

  private static void back(Socket server, Socket publisher) {
    try {
      server.getInputStream().transferTo(publisher.getOutputStream());
    } catch (IOException ended) {
      // The other direction says so, too.
    }
  }

  private void forward(Socket publisher, OutputStream server)
      throws IOException, MediaFormatException {
    ChunkInput in = new ChunkInput(new Copying(publisher.getInputStream(), server));
    in.readFully(new byte[HANDSHAKE_BYTES], 0, HANDSHAKE_BYTES);
    ChunkReader chunks = new ChunkReader(in, MAX_MESSAGE_BYTES);
    for (RawMessage message = chunks.read(); message != null; message = chunks.read()) {
      if (message.type() == SET_CHUNK_SIZE) {
        chunks.setChunkSize(message.payload().getInt(message.payload().position()));
      } else if (message.type() == VIDEO
          && VideoTag.parse(message.payload()) instanceof VideoTag.CodedFrames frame) {
        note(message.timestampMs(), frame.compositionTimeMs());
      }
    }
  }

  private void note(long dtsMs, int compositionTimeMs) {
    long zero = System.nanoTime() - dtsMs * 1_000_000;
    zeroNanos.accumulateAndGet(zero, (a, b) -> a == UNKNOWN ? b : Math.min(a, b));
    firstShownMs.complete(dtsMs + compositionTimeMs);
  }

  /** What is read has been written to the server before. */
  private static final class Copying extends FilterInputStream {
    private final OutputStream copy;

    Copying(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : ByteBuffer.wrap(one).get() & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      if (count > 0) {
        copy.write(target, offset, count);
      }
      return count;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
