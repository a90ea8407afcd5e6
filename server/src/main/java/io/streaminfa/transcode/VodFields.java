package io.streaminfa.transcode;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.bytes.ByteReader;
import io.streaminfa.media.bytes.ByteWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The fields of the messages about files: each has its writer beside its reader. */
final class VodFields {
  private VodFields() {}

  static void writeTexts(ByteWriter out, List<String> texts) {
    out.u8(texts.size());
    texts.forEach(text -> WorkerFields.writeText(out, text));
  }

  static void writeLimits(ByteWriter out, ProbeLimits limits) {
    writeTexts(out, limits.videoCodecs());
    writeTexts(out, limits.audioCodecs());
    out.u64(limits.maxDuration().toMillis()).u32(limits.maxLongEdgePixels());
  }

  static ProbeLimits readLimits(ByteReader in) throws MediaFormatException {
    return new ProbeLimits(
        WorkerFields.readList(in, WorkerFields::readText),
        WorkerFields.readList(in, WorkerFields::readText),
        Duration.ofMillis(WorkerFields.readCount(in)),
        WorkerFields.readPositive(in));
  }

  static void writeProbe(ByteWriter out, MediaProbe probe) {
    WorkerFields.writeText(out, probe.container());
    out.u64(probe.durationTicks());
    writeVideo(out, probe.video());
    out.u8(probe.audio().isPresent() ? 1 : 0);
    probe.audio().ifPresent(audio -> writeAudio(out, audio));
    out.u16(probe.ignoredStreams());
  }

  static MediaProbe readProbe(ByteReader in) throws MediaFormatException {
    return new MediaProbe(
        WorkerFields.readText(in),
        WorkerFields.readCount(in),
        readVideo(in),
        WorkerFields.readFlag(in) ? Optional.of(readAudio(in)) : Optional.empty(),
        in.readU16());
  }

  private static void writeVideo(ByteWriter out, MediaProbe.Video video) {
    WorkerFields.writeText(out.u16(video.index()), video.codec());
    WorkerFields.writeResolution(out, video.codedSize());
    out.u32(video.sampleAspectNumerator()).u32(video.sampleAspectDenominator());
    out.u16(video.rotationDegrees());
    WorkerFields.writeResolution(out, video.displaySize());
    WorkerFields.writeFrameRate(out, video.frameRate());
    WorkerFields.writeText(out.u8(video.interlaced() ? 1 : 0), video.pixelFormat());
    out.u8(video.bitDepth());
    Colour colour = video.colour();
    out.u16(colour.primaries()).u16(colour.transfer()).u16(colour.matrix());
    MediaProbe.Clock clock = video.clock();
    out.u64(clock.zero()).u32(clock.numerator()).u32(clock.denominator());
    out.u8(video.rounded() ? 1 : 0);
  }

  private static MediaProbe.Video readVideo(ByteReader in) throws MediaFormatException {
    return new MediaProbe.Video(
        in.readU16(),
        WorkerFields.readText(in),
        WorkerFields.readResolution(in),
        WorkerFields.readPositive(in),
        WorkerFields.readPositive(in),
        in.readU16(),
        WorkerFields.readResolution(in),
        WorkerFields.readFrameRate(in),
        WorkerFields.readFlag(in),
        WorkerFields.readText(in),
        in.readU8(),
        new Colour(in.readU16(), in.readU16(), in.readU16()),
        new MediaProbe.Clock(
            in.readS64(), WorkerFields.readPositive(in), WorkerFields.readPositive(in)),
        WorkerFields.readFlag(in));
  }

  private static void writeAudio(ByteWriter out, MediaProbe.Audio audio) {
    WorkerFields.writeText(out.u16(audio.index()), audio.codec());
    out.u32(audio.sampleRate()).u32(audio.channels());
    WorkerFields.writeText(out, audio.layout());
    out.u64(audio.startTicks());
  }

  private static MediaProbe.Audio readAudio(ByteReader in) throws MediaFormatException {
    return new MediaProbe.Audio(
        in.readU16(),
        WorkerFields.readText(in),
        WorkerFields.readPositive(in),
        WorkerFields.readPositive(in),
        WorkerFields.readText(in),
        in.readS64());
  }

  static void writePlan(ByteWriter out, VodPlan plan) {
    writeProbe(out, plan.probe());
    writeLadder(out, plan.ladder());
    out.u32(plan.keyframeInterval().toMillis());
    WorkerFields.writeText(out, plan.encoder());
  }

  static VodPlan readPlan(ByteReader in) throws MediaFormatException {
    return new VodPlan(
        readProbe(in),
        readLadder(in),
        Duration.ofMillis(WorkerFields.readPositive(in)),
        WorkerFields.readText(in));
  }

  private static void writeLadder(ByteWriter out, LadderPlan ladder) {
    out.u8(ladder.videos().size());
    for (LadderPlan.Video video : ladder.videos()) {
      WorkerFields.writeText(out, video.name());
      WorkerFields.writeResolution(out, video.size());
      WorkerFields.writeFrameRate(out, video.frameRate());
      out.u64(video.bitrate().bitsPerSecond());
      out.u64(video.maxrate().bitsPerSecond());
      out.u64(video.bufferBits());
      writeTexts(
          out, List.of(video.profile(), video.level(), video.filePreset(), video.audioName()));
    }
    out.u8(ladder.audios().size());
    for (LadderPlan.Audio audio : ladder.audios()) {
      WorkerFields.writeText(out, audio.name());
      out.u64(audio.bitrate().bitsPerSecond()).u32(audio.sampleRate()).u32(audio.channels());
    }
    out.u16(ladder.frameStep());
  }

  private static LadderPlan readLadder(ByteReader in) throws MediaFormatException {
    List<LadderPlan.Video> videos = WorkerFields.readList(in, VodFields::readRung);
    List<LadderPlan.Audio> audios =
        WorkerFields.readList(
            in,
            fields ->
                new LadderPlan.Audio(
                    WorkerFields.readText(fields),
                    WorkerFields.readBitrate(fields),
                    WorkerFields.readPositive(fields),
                    WorkerFields.readPositive(fields)));
    int frameStep = in.readU16();
    if (videos.isEmpty() || frameStep == 0) {
      throw WorkerFields.malformed("a ladder of nothing");
    }
    return new LadderPlan(videos, audios, frameStep);
  }

  private static LadderPlan.Video readRung(ByteReader in) throws MediaFormatException {
    String name = WorkerFields.readText(in);
    var size = WorkerFields.readResolution(in);
    var rate = WorkerFields.readFrameRate(in);
    var bitrate = WorkerFields.readBitrate(in);
    var maxrate = WorkerFields.readBitrate(in);
    long bufferBits = WorkerFields.readCount(in);
    List<String> texts = WorkerFields.readList(in, WorkerFields::readText);
    if (texts.size() != 4) {
      throw WorkerFields.malformed("a rung of " + texts.size() + " texts");
    }
    return new LadderPlan.Video(
        name,
        size,
        rate,
        bitrate,
        maxrate,
        bufferBits,
        texts.get(0),
        texts.get(1),
        texts.get(2),
        texts.get(3));
  }
}
