package io.streaminfa.bench.micro;

import io.streaminfa.ingest.rtmp.chunk.ChunkInput;
import io.streaminfa.ingest.rtmp.chunk.ChunkReader;
import io.streaminfa.ingest.rtmp.chunk.ChunkWriter;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.media.MediaFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** One second of 6 Mbit/s video at 30 fps with its audio, out of chunks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ChunkReaderBenchmark {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final int PICTURES = 30;
  private static final int PICTURE_BYTES = 25_000;
  private static final int AUDIO_FRAMES = 47;
  private static final int AUDIO_BYTES = 340;

  /** RTMP's default, and what FFmpeg and OBS set. */
  @Param({"128", "4096"})
  private int chunkSizeBytes;

  private byte[] wire = new byte[0];

  /** Called by the harness, with its parameters set. */
  @Setup
  public void write() throws IOException {
    ChunkWriter writer = new ChunkWriter();
    writer.setChunkSize(chunkSizeBytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < PICTURES + AUDIO_FRAMES; i++) {
      boolean video = i % 5 < 2 && i / 5 * 2 + i % 5 < PICTURES;
      byte[] payload = new byte[video ? PICTURE_BYTES : AUDIO_BYTES];
      RawMessage message =
          new RawMessage(video ? 6 : 4, video ? 9 : 8, 1, i * 13L, ByteBuffer.wrap(payload));
      ByteBuffer chunks = writer.write(message);
      byte[] bytes = new byte[chunks.remaining()];
      chunks.get(bytes);
      out.write(bytes);
    }
    wire = out.toByteArray();
  }

  /** All messages of the second. */
  @Benchmark
  public void readSecond(Blackhole hole) throws IOException, MediaFormatException {
    ChunkReader reader =
        new ChunkReader(new ChunkInput(new ByteArrayInputStream(wire)), MAX_MESSAGE_BYTES);
    reader.setChunkSize(chunkSizeBytes);
    for (RawMessage message = reader.read(); message != null; message = reader.read()) {
      hole.consume(message);
    }
  }
}
