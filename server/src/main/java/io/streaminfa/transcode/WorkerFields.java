package io.streaminfa.transcode;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The fields that {@link WorkerMessage}s are made of: each has its writer beside its reader. */
final class WorkerFields {
  static final String MALFORMED = "worker_message_malformed";

  /** Longer texts are cut when they are written. */
  static final int MAX_TEXT_BYTES = 4096;

  static final int MAX_CONFIG_BYTES = 65_535;

  private static final int AVC = 1;
  private static final int AAC = 2;
  private static final int MP3 = 3;
  private static final int VIDEO = 1;
  private static final int AUDIO = 2;

  private WorkerFields() {}

  @FunctionalInterface
  interface FieldReader<T> {
    T read(ByteReader in) throws MediaFormatException;
  }

  static MediaFormatException malformed(String message) {
    return new MediaFormatException.Malformed(MALFORMED, message);
  }

  static <T> List<T> readList(ByteReader in, FieldReader<T> element) throws MediaFormatException {
    int count = in.readU8();
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(element.read(in));
    }
    return list;
  }

  static boolean readFlag(ByteReader in) throws MediaFormatException {
    int flag = in.readU8();
    if (flag > 1) {
      throw malformed("flag " + flag);
    }
    return flag == 1;
  }

  static long readCount(ByteReader in) throws MediaFormatException {
    long count = in.readS64();
    if (count < 0) {
      throw malformed("negative count " + count);
    }
    return count;
  }

  static int readPositive(ByteReader in) throws MediaFormatException {
    int value = in.readS32();
    if (value < 1) {
      throw malformed("not positive: " + value);
    }
    return value;
  }

  static void writeText(ByteWriter out, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] kept = utf8.length <= MAX_TEXT_BYTES ? utf8 : Arrays.copyOf(utf8, MAX_TEXT_BYTES);
    out.u16(kept.length).raw(kept);
  }

  static String readText(ByteReader in) throws MediaFormatException {
    int length = in.readU16();
    if (length > MAX_TEXT_BYTES) {
      throw malformed("text of " + length + " bytes");
    }
    return new String(in.readBytes(length), StandardCharsets.UTF_8);
  }

  static void writeSampleFields(ByteWriter out, Sample sample) {
    out.u32(sample.trackId())
        .u64(sample.dtsTicks())
        .u64(sample.ptsTicks())
        .u8(sample.sync() ? 1 : 0);
  }

  static Sample readSample(ByteReader in) throws MediaFormatException {
    return new Sample(in.readS32(), in.readS64(), in.readS64(), readFlag(in), in.readRest());
  }

  static void writeResolution(ByteWriter out, Resolution size) {
    out.u32(size.width()).u32(size.height());
  }

  static Resolution readResolution(ByteReader in) throws MediaFormatException {
    return new Resolution(readPositive(in), readPositive(in));
  }

  static void writeFrameRate(ByteWriter out, FrameRate rate) {
    out.u32(rate.numerator()).u32(rate.denominator());
  }

  static FrameRate readFrameRate(ByteReader in) throws MediaFormatException {
    return new FrameRate(readPositive(in), readPositive(in));
  }

  static Bitrate readBitrate(ByteReader in) throws MediaFormatException {
    return new Bitrate(readCount(in));
  }

  static void writeTrack(ByteWriter out, Track track) {
    out.u32(track.id()).u32(track.timescale().ticksPerSecond());
    switch (track.config()) {
      case CodecConfig.Avc avc -> writeConfig(out.u8(AVC), avc.decoderConfigurationRecord());
      case CodecConfig.Aac aac -> writeConfig(out.u8(AAC), aac.audioSpecificConfig());
      case CodecConfig.Mp3 mp3 -> out.u8(MP3);
    }
  }

  private static void writeConfig(ByteWriter out, ByteBuffer config) {
    if (config.remaining() > MAX_CONFIG_BYTES) {
      throw new IllegalArgumentException("configuration of " + config.remaining() + " bytes");
    }
    out.u16(config.remaining()).raw(config);
  }

  static Track readTrack(ByteReader in) throws MediaFormatException {
    int id = in.readS32();
    Timescale timescale = new Timescale(readPositive(in));
    int codec = in.readU8();
    CodecConfig config =
        switch (codec) {
          case AVC -> new CodecConfig.Avc(in.readSlice(in.readU16()));
          case AAC -> new CodecConfig.Aac(in.readSlice(in.readU16()));
          case MP3 -> new CodecConfig.Mp3();
          default -> throw malformed("codec " + codec);
        };
    return new Track(id, timescale, config);
  }

  static void writeSettings(ByteWriter out, TranscodeSettings settings) {
    out.u32(settings.keyframeInterval().toMillis()).u32(settings.maxBlockingThreads());
    writeText(out, settings.livePreset());
    writeText(out, settings.encoder());
    out.u8(settings.ladder().size());
    for (LadderRung rung : settings.ladder()) {
      writeText(out, rung.name());
      writeResolution(out, rung.size());
      out.u64(rung.videoBitrate().bitsPerSecond()).u64(rung.audioBitrate().bitsPerSecond());
      writeText(out, rung.profile());
      writeText(out, rung.level());
      writeText(out, rung.preset());
    }
  }

  static TranscodeSettings readSettings(ByteReader in) throws MediaFormatException {
    return new TranscodeSettings(
        Duration.ofMillis(readPositive(in)),
        readPositive(in),
        readText(in),
        readText(in),
        readList(in, WorkerFields::readRung));
  }

  private static LadderRung readRung(ByteReader in) throws MediaFormatException {
    return new LadderRung(
        readText(in),
        readResolution(in),
        readBitrate(in),
        readBitrate(in),
        readText(in),
        readText(in),
        readText(in));
  }

  static void writeSource(ByteWriter out, SourceInfo source) {
    writeText(out, source.videoCodec());
    writeResolution(out, source.codedSize());
    writeResolution(out, source.displaySize());
    writeFrameRate(out, source.frameRate());
    writeText(out, source.pixelFormat());
    writeText(out, source.audioCodec());
    out.u32(source.audioSampleRate()).u32(source.audioChannels());
  }

  static SourceInfo readSource(ByteReader in) throws MediaFormatException {
    return new SourceInfo(
        readText(in),
        readResolution(in),
        readResolution(in),
        readFrameRate(in),
        readText(in),
        readText(in),
        in.readS32(),
        in.readS32());
  }

  static void writeRendition(ByteWriter out, Rendition rendition) {
    out.u8(
        switch (rendition) {
          case Rendition.Video video -> VIDEO;
          case Rendition.Audio audio -> AUDIO;
        });
    writeText(out, rendition.name());
    writeTrack(out, rendition.track());
    out.u64(rendition.bitrate().bitsPerSecond());
    switch (rendition) {
      case Rendition.Video video -> {
        out.u64(video.peakBitrate().bitsPerSecond());
        writeResolution(out, video.size());
        writeFrameRate(out, video.frameRate());
        writeText(out, video.audioName());
      }
      case Rendition.Audio audio -> out.u32(audio.sampleRate()).u32(audio.channels());
    }
  }

  static Rendition readRendition(ByteReader in) throws MediaFormatException {
    int kind = in.readU8();
    String name = readText(in);
    Track track = readTrack(in);
    Bitrate bitrate = readBitrate(in);
    return switch (kind) {
      case VIDEO ->
          new Rendition.Video(
              name,
              track,
              bitrate,
              readBitrate(in),
              readResolution(in),
              readFrameRate(in),
              readText(in));
      case AUDIO -> new Rendition.Audio(name, track, bitrate, readPositive(in), readPositive(in));
      default -> throw malformed("rendition kind " + kind);
    };
  }
}
