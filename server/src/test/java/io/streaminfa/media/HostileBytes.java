package io.streaminfa.media;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Valid input and what becomes of it when bytes are flipped, cut, doubled and made up. */
public final class HostileBytes {
  private static final int MAX_BYTES = 4_096;

  /** A parser: any bytes give a value or a {@link MediaFormatException}. */
  @FunctionalInterface
  public interface Parser {
    void parse(ByteBuffer input) throws MediaFormatException, InterruptedException;
  }

  private HostileBytes() {}

  /** Runs a fixed sequence of inputs; whatever else the parser throws fails the test. */
  public static void run(int rounds, List<String> seeds, Parser parser)
      throws InterruptedException {
    Random random = new Random(20_240_229);
    for (int round = 0; round < rounds; round++) {
      byte[] seed = HexFormat.of().parseHex(seeds.get(round % seeds.size()).replace(" ", ""));
      byte[] input = mutate(seed, random);
      try {
        parser.parse(ByteBuffer.wrap(input).asReadOnlyBuffer());
      } catch (MediaFormatException e) {
        if (!e.defectCode().matches("[a-z0-9_]+")) {
          throw new AssertionError("not a defect code: " + e.defectCode(), e);
        }
      } catch (RuntimeException e) {
        throw new AssertionError("fails on " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    for (int i = random.nextInt(6); i > 0; i--) {
      bytes = mutateOnce(bytes, random);
    }
    return bytes;
  }

  private static byte[] mutateOnce(byte[] bytes, Random random) {
    int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
    return switch (random.nextInt(5)) {
      case 0 -> with(bytes, at, (byte) random.nextInt());
      case 1 -> with(bytes, at, (byte) (random.nextBoolean() ? 0xff : 0));
      case 2 -> Arrays.copyOf(bytes, at);
      case 3 -> {
        byte[] more = new byte[random.nextInt(64)];
        random.nextBytes(more);
        yield insert(bytes, at, more);
      }
      default -> insert(bytes, at, Arrays.copyOfRange(bytes, at, bytes.length));
    };
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    byte[] changed = bytes.clone();
    if (changed.length > 0) {
      changed[at] = value;
    }
    return changed;
  }

  private static byte[] insert(byte[] bytes, int at, byte[] more) {
    if (bytes.length + more.length > MAX_BYTES) {
      return bytes;
    }
    return ByteBuffer.allocate(bytes.length + more.length)
        .put(bytes, 0, at)
        .put(more)
        .put(bytes, at, bytes.length - at)
        .array();
  }
}
