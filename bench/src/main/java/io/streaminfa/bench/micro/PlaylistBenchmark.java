package io.streaminfa.bench.micro;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.packager.hls.MediaSegment;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A live playlist of 30 segments. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class PlaylistBenchmark {
  private static final int SEGMENTS = 30;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final MediaPlaylist playlist =
      new MediaPlaylist(
          7,
          true,
          6,
          1000,
          0,
          Optional.empty(),
          IntStream.range(0, SEGMENTS)
              .mapToObj(
                  i ->
                      new MediaSegment(
                          "%06d.m4s".formatted(1000 + i),
                          6_006_000,
                          false,
                          false,
                          Optional.of(START.plusMillis(6006L * i)),
                          Optional.of("init.mp4")))
              .toList(),
          false);

  private final String text = playlist.render();

  @Benchmark
  public String render() {
    return playlist.render();
  }

  @Benchmark
  public MediaPlaylist parse() throws MediaFormatException {
    return MediaPlaylist.parse(text);
  }
}
