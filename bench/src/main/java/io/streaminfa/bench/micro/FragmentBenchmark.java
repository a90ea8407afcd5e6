package io.streaminfa.bench.micro;

import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.media.mp4.Fragment;
import java.nio.ByteBuffer;
import java.util.List;
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

/** One segment of 6 s: 180 pictures of 6 Mbit/s with B-frames, as moof and mdat. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FragmentBenchmark {
  private static final int PICTURES = 180;
  private static final int PICTURE_BYTES = 25_000;
  private static final int PICTURE_TICKS = 3000;

  private final Fragment fragment =
      new Fragment(
          1,
          0,
          IntStream.range(0, PICTURES)
              .mapToObj(
                  i ->
                      new Fragment.FrameEntry(
                          PICTURE_TICKS,
                          (i % 3 - 1L) * PICTURE_TICKS,
                          i % 60 == 0,
                          ByteBuffer.wrap(new byte[PICTURE_BYTES])))
              .toList());

  /** The whole segment into memory that is large enough. */
  @Benchmark
  public int write() {
    ByteWriter out = new ByteWriter(PICTURES * (PICTURE_BYTES + 16) + 1024);
    fragment.writeTo(out);
    return out.size();
  }

  /** The same with one sample: a low-latency part at its smallest. */
  @Benchmark
  public int writeOnePicture() {
    ByteWriter out = new ByteWriter(PICTURE_BYTES + 1024);
    new Fragment(1, 0, List.of(fragment.samples().getFirst())).writeTo(out);
    return out.size();
  }
}
