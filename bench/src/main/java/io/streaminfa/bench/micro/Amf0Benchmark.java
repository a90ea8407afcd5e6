package io.streaminfa.bench.micro;

import io.streaminfa.ingest.rtmp.amf0.Amf0Reader;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.amf0.Amf0Writer;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteWriter;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An onMetaData of the size that encoders send. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Amf0Benchmark {
  private final List<Amf0Value> values = metaData();
  private final ByteBuffer bytes = written(values);

  private static List<Amf0Value> metaData() {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    for (String name :
        List.of("duration", "width", "height", "videodatarate", "framerate", "videocodecid")) {
      properties.put(name, new Amf0Value.Num(name.length()));
    }
    for (String name : List.of("audiodatarate", "audiosamplerate", "audiosamplesize", "filesize")) {
      properties.put(name, new Amf0Value.Num(name.length()));
    }
    properties.put("stereo", new Amf0Value.Bool(true));
    properties.put("encoder", new Amf0Value.Text("Lavf62.3.100"));
    return List.of(
        new Amf0Value.Text("@setDataFrame"),
        new Amf0Value.Text("onMetaData"),
        new Amf0Value.EcmaArray(properties));
  }

  private static ByteBuffer written(List<Amf0Value> values) {
    ByteWriter out = new ByteWriter(512);
    new Amf0Writer(out).writeAll(values);
    return out.toByteBuffer();
  }

  @Benchmark
  public List<Amf0Value> read() throws MediaFormatException {
    return Amf0Reader.readAll(bytes.duplicate());
  }

  @Benchmark
  public ByteBuffer write() {
    return written(values);
  }
}
