package io.streaminfa.transcode;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;

/** What a publisher would send: media made by FFmpeg's executable, demuxed from FLV. */
record FlvSource(List<Track> tracks, List<Sample> samples) {
  static final int VIDEO_ID = 1;
  static final int AUDIO_ID = 2;

  /** Runs the executable out of the same jar; the arguments end before the output file. */
  static FlvSource make(Path directory, String arguments) throws Exception {
    Path file = Files.createTempFile(directory, "source", ".flv");
    List<String> line = new ArrayList<>();
    line.add(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
    line.addAll(List.of("-hide_banner", "-loglevel", "error", "-y"));
    line.addAll(List.of(arguments.trim().split("\\s+")));
    line.add(file.toString());
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("ffmpeg: " + words);
    }
    return read(file);
  }

  static FlvSource read(Path file) throws IOException, MediaFormatException {
    ByteReader in = new ByteReader(ByteBuffer.wrap(Files.readAllBytes(file)), "flv_truncated");
    in.skip(9 + 4);
    List<Track> tracks = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    while (in.hasRemaining()) {
      int type = in.readU8();
      int size = in.readU24();
      long dts = in.readU24() | (long) in.readU8() << 24;
      in.skip(3);
      ByteBuffer body = in.readSlice(size);
      in.skip(4);
      ByteReader tag = new ByteReader(body, "flv_truncated");
      if (type == 9) {
        video(tag, dts, tracks, samples);
      } else if (type == 8) {
        audio(tag, dts, tracks, samples);
      }
    }
    return new FlvSource(tracks, samples);
  }

  private static void video(ByteReader tag, long dts, List<Track> tracks, List<Sample> samples)
      throws MediaFormatException {
    boolean sync = tag.readU8() >> 4 == 1;
    int packetType = tag.readU8();
    int compositionMs = tag.readS24();
    ByteBuffer data = tag.readRest();
    if (packetType == 0) {
      tracks.add(new Track(VIDEO_ID, Timescale.MILLISECONDS, new CodecConfig.Avc(data)));
    } else if (packetType == 1) {
      samples.add(new Sample(VIDEO_ID, dts, dts + compositionMs, sync, data));
    }
  }

  private static void audio(ByteReader tag, long dts, List<Track> tracks, List<Sample> samples)
      throws MediaFormatException {
    int format = tag.readU8() >> 4;
    if (format == 10) {
      int packetType = tag.readU8();
      ByteBuffer data = tag.readRest();
      if (packetType == 0) {
        tracks.add(new Track(AUDIO_ID, Timescale.MILLISECONDS, new CodecConfig.Aac(data)));
      } else {
        samples.add(new Sample(AUDIO_ID, dts, dts, true, data));
      }
    } else if (format == 2) {
      if (tracks.stream().noneMatch(track -> track.id() == AUDIO_ID)) {
        tracks.add(new Track(AUDIO_ID, Timescale.MILLISECONDS, new CodecConfig.Mp3()));
      }
      samples.add(new Sample(AUDIO_ID, dts, dts, true, tag.readRest()));
    }
  }

  FlvSource changed(UnaryOperator<Sample> change) {
    return new FlvSource(tracks, samples.stream().map(change).toList());
  }

  FlvSource without(Predicate<Sample> lost) {
    return new FlvSource(tracks, samples.stream().filter(lost.negate()).toList());
  }

  /** Another timeline: each time of each sample goes through the function. */
  FlvSource retimed(LongUnaryOperator time) {
    return changed(
        sample ->
            new Sample(
                sample.trackId(),
                time.applyAsLong(sample.dtsTicks()),
                time.applyAsLong(sample.ptsTicks()),
                sample.sync(),
                sample.data()));
  }

  long count(int trackId) {
    return samples.stream().filter(sample -> sample.trackId() == trackId).count();
  }

  void writeTo(MediaSink sink) throws Exception {
    sink.start(tracks);
    for (Sample sample : samples) {
      sink.write(sample);
    }
  }
}
