package io.streaminfa.state;

import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.KeyHash;
import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.Metadata;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamFailure;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.stream.StreamState;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Streams of every kind; the same seed makes the same stream but for its id. */
final class StreamFixtures {
  static final Instant TEN = Instant.parse("2026-03-01T10:00:00.123Z");

  private StreamFixtures() {}

  static Stream pending(IngestType type) {
    return Stream.builder(StreamId.create(Clock.systemUTC()), type, TEN).build();
  }

  /** A table expression of SQL with one column, {@code value}: 1 to count. */
  static String series(int count) {
    return "(WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < "
        + count
        + ") SELECT value FROM s)";
  }

  static Stream random(long seed) {
    Random random = new Random(seed);
    StreamState state = oneOf(random, StreamState.values());
    Stream.Builder builder =
        Stream.builder(
                StreamId.create(Clock.systemUTC()), oneOf(random, IngestType.values()), at(random))
            .state(state)
            .publishing(state == StreamState.LIVE && random.nextBoolean())
            .metadata(new Metadata(random.nextBoolean() ? "{}" : "{\"t\": \"ä\\n'\\\"\u2028😀\"}"))
            .record(random.nextBoolean())
            .updatedAt(at(random))
            .renditions(
                IntStream.range(0, random.nextInt(4)).mapToObj(_ -> rendition(random)).toList())
            .progress(random.nextInt(4) == 0 ? 1 : random.nextDouble());
    if (random.nextBoolean()) {
      builder.keyHash(KeyHash.of("key " + random.nextLong()));
    }
    if (random.nextBoolean()) {
      builder.mediaInfo(mediaInfo(random));
    }
    if (random.nextBoolean()) {
      builder.duration(Duration.ofNanos(random.nextLong(1L << 50)));
    }
    if (state == StreamState.ERROR || state == StreamState.DELETED && random.nextBoolean()) {
      builder.failure(new StreamFailure("worker_crashed", "it's \"gone\"\u0000\n"));
    }
    if (state == StreamState.DELETED) {
      builder.deletedAt(at(random));
    }
    return builder.build();
  }

  private static Instant at(Random random) {
    return Instant.ofEpochSecond(random.nextLong(1L << 33), random.nextInt(1_000_000_000));
  }

  private static MediaInfo mediaInfo(Random random) {
    return new MediaInfo(
        Optional.of(
                new MediaInfo.Video(
                    "h264", size(random), new FrameRate(30_000, 1 + random.nextInt(1001))))
            .filter(_ -> random.nextBoolean()),
        Optional.of(new MediaInfo.Audio("aac", 48_000, 1 + random.nextInt(8)))
            .filter(_ -> random.nextBoolean()));
  }

  private static StreamRendition rendition(Random random) {
    return new StreamRendition(
        "rung" + random.nextInt(),
        Optional.of(size(random)).filter(_ -> random.nextBoolean()),
        new Bitrate(random.nextLong(1L << 40)),
        random.nextLong(1L << 40),
        oneOf(random, StreamRendition.Status.values()));
  }

  private static Resolution size(Random random) {
    return new Resolution(1 + random.nextInt(8192), 1 + random.nextInt(8192));
  }

  private static <T> T oneOf(Random random, T[] values) {
    return List.of(values).get(random.nextInt(values.length));
  }
}
