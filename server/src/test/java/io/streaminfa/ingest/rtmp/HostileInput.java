package io.streaminfa.ingest.rtmp;

import java.io.ByteArrayInputStream;

/** Gives the same bytes as any other stream, but in awkward portions. */
public final class HostileInput extends ByteArrayInputStream {
  private final int splitAt;
  private final int maxPortion;

  private HostileInput(byte[] bytes, int splitAt, int maxPortion) {
    super(bytes);
    this.splitAt = splitAt;
    this.maxPortion = maxPortion;
  }

  /** One byte a read. */
  public static HostileInput drip(byte[] bytes) {
    return new HostileInput(bytes, 0, 1);
  }

  /** Two portions. */
  public static HostileInput splitAt(byte[] bytes, int offset) {
    return new HostileInput(bytes, offset, Integer.MAX_VALUE);
  }

  @Override
  public synchronized int read(byte[] target, int offset, int length) {
    int portion = Math.min(length, maxPortion);
    if (pos < splitAt) {
      portion = Math.min(portion, splitAt - pos);
    }
    return super.read(target, offset, portion);
  }
}
