package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.TagSyntax;
import io.streaminfa.media.flv.VideoTag;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One second of 6 Mbit/s video at 30 fps with its audio, out of FLV tags. Stands in this package
 * because the demuxer is not for others.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TagDemuxerBenchmark {
  private static final int PICTURES = 30;
  private static final int PICTURE_BYTES = 25_000;
  private static final int AUDIO_FRAMES = 47;
  private static final int AUDIO_BYTES = 340;
  private static final byte IDR = 0x65;
  private static final byte NON_IDR = 0x41;
  private static final IngestSettings SETTINGS =
      new IngestSettings(
          20_000,
          1L << 33,
          List.of("h264"),
          List.of("aac"),
          Duration.ofHours(6),
          4096,
          Duration.ofMinutes(1),
          50,
          5,
          10,
          100,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));

  /** Counts bytes, so that nothing is optimized away. */
  private static final class Counter implements MediaSink {
    private long bytes;

    @Override
    public void start(List<Track> tracks) {
      bytes += tracks.size();
    }

    @Override
    public void write(Sample sample) {
      bytes += sample.sizeBytes();
    }

    @Override
    public void end(EndReason reason) {
      bytes = 0;
    }
  }

  private final Counter sink = new Counter();
  private final TagDemuxer demuxer = new TagDemuxer(sink, SETTINGS, defect -> {});
  private final ByteBuffer keyTag = pictureTag(true);
  private final ByteBuffer interTag = pictureTag(false);
  private final ByteBuffer audioTag =
      new AudioTag.AacFrame(0, ByteBuffer.wrap(new byte[AUDIO_BYTES])).write(TagSyntax.LEGACY);
  private long secondMs;

  private static ByteBuffer pictureTag(boolean key) {
    byte[] slice = new byte[PICTURE_BYTES];
    slice[0] = key ? IDR : NON_IDR;
    ByteBuffer unit = NalUnits.writeLengthPrefixed(List.of(ByteBuffer.wrap(slice)), 4);
    return new VideoTag.CodedFrames(key, 0, 0, unit).write(TagSyntax.LEGACY);
  }

  private static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
  }

  /** Called by the harness. */
  @Setup
  public void announce() throws MediaFormatException, InterruptedException {
    ByteBuffer config =
        AvcDecoderConfig.of(
                List.of(hex("6742c00ad902847e5c0440000003004000000783c48992")),
                List.of(hex("68cb80e4b2")))
            .write();
    demuxer.video(0, new VideoTag.SequenceStart(config).write(TagSyntax.LEGACY));
    demuxer.audio(0, new AudioTag.SequenceStart(hex("1190")).write(TagSyntax.LEGACY));
    demuxSecond();
    if (sink.bytes < PICTURE_BYTES) {
      throw new IllegalStateException("the demuxer let nothing through");
    }
  }

  /** All tags of the second, in the order of their times. */
  @Benchmark
  public long demuxSecond() throws MediaFormatException, InterruptedException {
    int audio = 0;
    for (int i = 0; i < PICTURES; i++) {
      long pictureMs = secondMs + i * 1000L / PICTURES;
      ByteBuffer tag = i == 0 ? keyTag : interTag;
      demuxer.video(pictureMs & 0xffff_ffffL, tag.duplicate());
      for (; audio * PICTURES < (i + 1) * AUDIO_FRAMES; audio++) {
        long audioMs = secondMs + audio * 1000L / AUDIO_FRAMES;
        demuxer.audio(audioMs & 0xffff_ffffL, audioTag.duplicate());
      }
    }
    secondMs += 1000;
    return sink.bytes;
  }
}
