package io.streaminfa.bench;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.VideoTag;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A film in memory, as the demuxer hands it to a transcoder; milliseconds. */
record SourceMedia(List<Track> tracks, List<Sample> samples) {
  private static final int VIDEO_ID = 1;
  private static final int AUDIO_ID = 2;

  /** FLV 1.0, annex E: the header and the size of no tag before it. */
  private static final int HEADER_BYTES = 9 + 4;

  SourceMedia {
    tracks = List.copyOf(tracks);
    samples = List.copyOf(samples);
  }

  static SourceMedia read(Path flv) throws IOException, MediaFormatException {
    ByteReader in = new ByteReader(ByteBuffer.wrap(Files.readAllBytes(flv)), "flv_truncated");
    in.skip(HEADER_BYTES);
    List<Track> tracks = new ArrayList<>();
    List<Sample> samples = new ArrayList<>();
    while (in.hasRemaining()) {
      int type = in.readU8();
      int sizeBytes = in.readU24();
      long dtsMs = in.readU24() | (long) in.readU8() << 24;
      in.skip(3);
      ByteBuffer body = in.readSlice(sizeBytes);
      in.skip(4);
      if (type == 9) {
        readVideo(dtsMs, body, tracks, samples);
      } else if (type == 8) {
        readAudio(dtsMs, body, tracks, samples);
      }
    }
    return new SourceMedia(tracks, samples);
  }

  private static void readVideo(
      long dtsMs, ByteBuffer body, List<Track> tracks, List<Sample> samples)
      throws MediaFormatException {
    switch (VideoTag.parse(body)) {
      case VideoTag.SequenceStart(ByteBuffer config) ->
          tracks.add(new Track(VIDEO_ID, Timescale.MILLISECONDS, new CodecConfig.Avc(config)));
      case VideoTag.CodedFrames frame ->
          samples.add(
              new Sample(
                  VIDEO_ID,
                  dtsMs,
                  dtsMs + frame.compositionTimeMs(),
                  frame.keyFrame(),
                  frame.data()));
      case VideoTag.SequenceEnd _, VideoTag.Skipped _ -> {}
    }
  }

  private static void readAudio(
      long dtsMs, ByteBuffer body, List<Track> tracks, List<Sample> samples)
      throws MediaFormatException {
    switch (AudioTag.parse(body)) {
      case AudioTag.SequenceStart(ByteBuffer config) ->
          tracks.add(new Track(AUDIO_ID, Timescale.MILLISECONDS, new CodecConfig.Aac(config)));
      case AudioTag.AacFrame(_, ByteBuffer data) ->
          samples.add(new Sample(AUDIO_ID, dtsMs, dtsMs, true, data));
      case AudioTag.Mp3Frame _, AudioTag.SequenceEnd _, AudioTag.Skipped _ -> {}
    }
  }

  long pictures() {
    return samples.stream().filter(sample -> sample.trackId() == VIDEO_ID).count();
  }
}
