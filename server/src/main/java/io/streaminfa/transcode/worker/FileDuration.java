package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entries_count;
import static org.bytedeco.ffmpeg.global.avformat.avformat_index_get_entry;

import io.streaminfa.units.Timescale;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** How long a file's video is: as it says, unless it does not say or has lost its end. */
final class FileDuration {
  /** A key frame and all that follows it is mostly within as much. */
  private static final long TAIL_TICKS = 10L * Timescale.VIDEO.ticksPerSecond();

  private final MediaFile file;
  private final AVStream stream;
  private final long sizeBytes;
  private final Vitals vitals;

  FileDuration(MediaFile file, AVStream stream, long sizeBytes, Vitals vitals) {
    this.file = file;
    this.stream = stream;
    this.sizeBytes = sizeBytes;
    this.vitals = vitals;
  }

  /** On {@link Timescale#VIDEO}; at least 1. */
  long ticks(StreamClock clock) throws WorkerFailure {
    long ticks = claimed(clock);
    if (ticks == 0) {
      ticks = scanned(clock);
    } else if (!hasWholeIndex()) {
      ticks = seenAtTheEnd(ticks, clock);
    } else if (isCut()) {
      long first = avformat_index_get_entry(stream, 0).timestamp();
      long lost = avformat_index_get_entry(stream, entriesPresent()).timestamp();
      ticks = Math.min(ticks, clock.videoDuration(lost - first));
    }
    return Math.clamp(ticks, 1, StreamClock.MAX_TICKS);
  }

  /** Whether an index tells of media that is not there. */
  boolean isCut() {
    return entriesPresent() < avformat_index_get_entries_count(stream);
  }

  /** Only the index of this format is of all packets, and there from the beginning. */
  private boolean hasWholeIndex() {
    return file.container().startsWith("mov");
  }

  private int entriesPresent() {
    int entries = avformat_index_get_entries_count(stream);
    if (hasWholeIndex()) {
      while (entries > 0 && isBeyond(avformat_index_get_entry(stream, entries - 1))) {
        entries--;
      }
    }
    return entries;
  }

  private boolean isBeyond(AVIndexEntry entry) {
    return entry.pos() + entry.size() > sizeBytes;
  }

  /** Zero when the file does not say, or FFmpeg would have to guess from the bit rate. */
  private long claimed(StreamClock clock) {
    long ofStream = stream.duration();
    if (ofStream != avutil.AV_NOPTS_VALUE() && ofStream > 0) {
      return clock.videoDuration(ofStream);
    }
    long micros = file.context().duration();
    boolean guessed =
        file.context().duration_estimation_method() == avformat.AVFMT_DURATION_FROM_BITRATE;
    if (micros == avutil.AV_NOPTS_VALUE() || guessed) {
      return 0;
    }
    AVRational microseconds = new AVRational().num(1).den(1_000_000);
    return avutil.av_rescale_q(micros, microseconds, Decoder.timeBase(Timescale.VIDEO));
  }

  /** Other formats tell of the longest stream, or of what was once there. */
  private long seenAtTheEnd(long claimed, StreamClock clock) throws WorkerFailure {
    boolean isThere = file.seek(stream.index(), clock.videoPts(Math.max(0, claimed - TAIL_TICKS)));
    long seen = isThere ? scanned(clock) : 0;
    return seen > 0 ? seen : claimed;
  }

  /** Reads the whole rest. */
  private long scanned(StreamClock clock) throws WorkerFailure {
    long endTicks = 0;
    file.readOnly(List.of(stream.index()));
    try (Packet packet = new Packet()) {
      while (file.read(packet.get())) {
        AVPacket read = packet.get();
        // Old formats time the order of decoding only, and so end a picture or two early.
        long time = read.pts() == avutil.AV_NOPTS_VALUE() ? read.dts() : read.pts();
        if (read.stream_index() == stream.index() && time != avutil.AV_NOPTS_VALUE()) {
          long ticks = clock.videoTicks(time) + clock.videoDuration(read.duration());
          endTicks = Math.max(endTicks, ticks);
        }
        packet.unref();
        vitals.step();
      }
    }
    return endTicks;
  }
}
