package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.codec.AvcDecoderConfig;
import io.streaminfa.media.codec.NalUnits;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.TagSyntax;
import io.streaminfa.media.flv.VideoTag;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** An encoder without a network: tags into a {@link TagDemuxer}, with a clock that it turns. */
final class Publisher {
  static final ByteBuffer SPS = hex("6742c00ad902847e5c0440000003004000000783c48992");
  static final ByteBuffer PPS = hex("68cb80e4b2");
  static final ByteBuffer IDR = hex("6588840a");
  static final ByteBuffer INTER = hex("419a384f");
  static final ByteBuffer AAC_CONFIG = hex("1210");
  static final ByteBuffer AAC_FRAME = hex("21004c61");
  static final ByteBuffer MP3_FRAME = hex("fffb9000aabbccdd");

  final RecordingSink sink = new RecordingSink();
  final List<String> defects = new ArrayList<>();
  final TagDemuxer demuxer;
  private final TagSyntax syntax;
  private long nowNanos = 5_000_000_000L;

  Publisher() {
    this(TagSyntax.LEGACY, List.of("h264"), List.of("aac", "mp3"));
  }

  Publisher(TagSyntax syntax, List<String> videoCodecs, List<String> audioCodecs) {
    this.syntax = syntax;
    this.demuxer =
        new TagDemuxer(sink, settings(videoCodecs, audioCodecs), defects::add, () -> nowNanos);
  }

  static IngestSettings settings(List<String> videoCodecs, List<String> audioCodecs) {
    Duration minute = Duration.ofMinutes(1);
    return new IngestSettings(
        20_000,
        1 << 30,
        videoCodecs,
        audioCodecs,
        Duration.ofHours(4),
        4096,
        minute,
        10,
        10,
        10,
        10,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(15));
  }

  void pass(Duration time) throws MediaFormatException, InterruptedException {
    nowNanos += time.toNanos();
    demuxer.tick();
  }

  void end(EndReason reason) throws InterruptedException {
    demuxer.end(reason);
  }

  void videoHeader() throws MediaFormatException, InterruptedException {
    videoHeader(AvcDecoderConfig.of(List.of(SPS), List.of(PPS)).write());
  }

  void videoHeader(ByteBuffer config) throws MediaFormatException, InterruptedException {
    demuxer.video(0, new VideoTag.SequenceStart(config).write(syntax));
  }

  void audioHeader() throws MediaFormatException, InterruptedException {
    audioHeader(AAC_CONFIG);
  }

  void audioHeader(ByteBuffer config) throws MediaFormatException, InterruptedException {
    demuxer.audio(0, new AudioTag.SequenceStart(config).write(syntax));
  }

  void key(long ms) throws MediaFormatException, InterruptedException {
    video(ms, true, 0, IDR);
  }

  void inter(long ms) throws MediaFormatException, InterruptedException {
    video(ms, false, 0, INTER);
  }

  void video(long ms, boolean key, int compositionTimeMs, ByteBuffer... units)
      throws MediaFormatException, InterruptedException {
    rawVideo(ms, key, compositionTimeMs, NalUnits.writeLengthPrefixed(List.of(units), 4));
  }

  void rawVideo(long ms, boolean key, int compositionTimeMs, ByteBuffer data)
      throws MediaFormatException, InterruptedException {
    demuxer.video(ms, new VideoTag.CodedFrames(key, compositionTimeMs, 0, data).write(syntax));
  }

  void aac(long ms) throws MediaFormatException, InterruptedException {
    aac(ms, AAC_FRAME);
  }

  void aac(long ms, ByteBuffer data) throws MediaFormatException, InterruptedException {
    demuxer.audio(ms, new AudioTag.AacFrame(0, data).write(syntax));
  }

  void mp3(long ms) throws MediaFormatException, InterruptedException {
    demuxer.audio(ms, new AudioTag.Mp3Frame(0, MP3_FRAME).write(syntax));
  }

  static ByteBuffer units(ByteBuffer... units) {
    return NalUnits.writeLengthPrefixed(Stream.of(units).toList(), 4);
  }

  static ByteBuffer hex(String bytes) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(bytes.replace(" ", "")));
  }
}
