package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.units.Timescale;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Decodes a file's video from any time on. Indexes and key frame flags of files are often wrong, so
 * what a seek has led to is looked at before it is believed.
 */
final class VideoReader implements AutoCloseable {
  /** Receives each decoded picture; the frame is reused as soon as this returns. */
  @FunctionalInterface
  interface Receiver {
    /** False when no more are wanted. */
    boolean picture(AVFrame frame, long ticks) throws WorkerFailure, InterruptedException;
  }

  /** How much further back each seek aims; the last resort is the file's beginning. */
  private static final List<Long> STEPS_BACK_TICKS =
      List.of(0L, 3L * second(), 15L * second(), 90L * second());

  private final String path;
  private final int index;
  private final StreamClock clock;
  private final long usualTicks;
  private final Vitals vitals;
  private final Packet packet;
  private MediaFile file;
  private PacketDecoder decoder;
  private long pastErrors;

  /** Pictures before it refer to what was not read. */
  private long firstSoundTicks;

  private boolean late;
  private boolean wanted;

  /** The last picture that was given. */
  private long lastTicks = Long.MIN_VALUE;

  private long endTicks;

  private VideoReader(String path, MediaProbe.Video video, Vitals vitals) throws WorkerFailure {
    this.path = path;
    this.index = video.index();
    this.clock = new StreamClock(video.clock());
    this.usualTicks = StreamClock.pictureTicks(video.frameRate());
    this.vitals = vitals;
    this.packet = new Packet();
    this.file = MediaFile.open(path, vitals);
    this.decoder = openDecoder();
  }

  static VideoReader open(String path, MediaProbe.Video video, Vitals vitals) throws WorkerFailure {
    return new VideoReader(path, video, vitals);
  }

  private static int second() {
    return Timescale.VIDEO.ticksPerSecond();
  }

  private PacketDecoder openDecoder() throws WorkerFailure {
    try {
      file.readOnly(List.of(index));
      return file.openDecoder(index);
    } catch (WorkerFailure e) {
      file.close();
      throw e;
    }
  }

  /**
   * Gives pictures, the first of them at or before the given time, in the order of presentation to
   * the end of the file or until no more are wanted.
   */
  void read(long fromTicks, Receiver receiver) throws WorkerFailure, InterruptedException {
    for (long back : fromTicks > 0 ? STEPS_BACK_TICKS : List.<Long>of()) {
      long aim = fromTicks - back;
      if (aim > 0 && file.seek(index, clock.videoPts(aim))) {
        decoder.reset();
        firstSoundTicks = Long.MAX_VALUE;
        if (readOn(fromTicks, receiver)) {
          return;
        }
      }
    }
    if (fromTicks > 0) {
      reopen();
    }
    firstSoundTicks = Long.MIN_VALUE;
    readOn(Long.MAX_VALUE, receiver);
  }

  private void reopen() throws WorkerFailure {
    pastErrors += decoder.errors();
    decoder.close();
    file.close();
    file = MediaFile.open(path, vitals);
    decoder = openDecoder();
  }

  /** False when the first picture is later than it may be; it was not given then. */
  private boolean readOn(long latestTicks, Receiver receiver)
      throws WorkerFailure, InterruptedException {
    boolean[] begun = {false};
    late = false;
    wanted = true;
    PacketDecoder.Receiver decoded =
        frame -> {
          long ticks = ticksOf(frame, begun[0]);
          if (!wanted || ticks < firstSoundTicks || Math.abs(ticks) >= StreamClock.MAX_TICKS) {
            return;
          }
          if (!begun[0] && ticks > latestTicks) {
            late = true;
            wanted = false;
            return;
          }
          begun[0] = true;
          vitals.step();
          file.complete(frame, index);
          lastTicks = ticks;
          long duration = clock.videoDuration(frame.duration());
          endTicks = ticks + (duration > 0 ? duration : usualTicks);
          wanted = receiver.picture(frame, ticks);
        };
    while (wanted && file.read(packet.get())) {
      vitals.step();
      if (packet.get().stream_index() == index && isSound(packet.get())) {
        decoder.send(packet.get(), decoded);
      }
      packet.unref();
    }
    if (wanted) {
      decoder.send(null, decoded);
    }
    vitals.decodeErrors(errors());
    return begun[0] && !late;
  }

  /** Old formats do not time every picture: it is then one picture after the last. */
  private long ticksOf(AVFrame frame, boolean follows) {
    long pts = frame.best_effort_timestamp();
    if (pts != avutil.AV_NOPTS_VALUE()) {
      return clock.videoTicks(pts);
    }
    return follows ? lastTicks + usualTicks : StreamClock.MAX_TICKS;
  }

  /** After a seek decoding begins at a key frame. */
  private boolean isSound(AVPacket next) {
    if (firstSoundTicks == Long.MAX_VALUE) {
      if (!packet.isKey()) {
        return false;
      }
      long pts = next.pts() == avutil.AV_NOPTS_VALUE() ? next.dts() : next.pts();
      if (pts == avutil.AV_NOPTS_VALUE()) {
        return false;
      }
      firstSoundTicks = clock.videoTicks(pts);
    }
    return true;
  }

  /** Where the last picture that was given ends; 0 before the first. */
  long endTicks() {
    return endTicks;
  }

  long errors() {
    return pastErrors + decoder.errors();
  }

  @Override
  public void close() {
    packet.close();
    decoder.close();
    file.close();
  }
}
