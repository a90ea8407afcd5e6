package io.streaminfa.packager;

import io.streaminfa.media.mp4.Fragment;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;

/**
 * How moments on the stream's timeline are written into files.
 *
 * <p>An encoder with B-frames gives composition offsets of both signs when decoding begins where
 * presentation begins. That is valid, but FFmpeg's demuxer, and so most players that are no
 * browser, then presents the video late by the most negative offset, two frames as a rule, and the
 * audio on time. So decoding times are written earlier by as much, which makes all offsets
 * positive, and every track is moved up by the same origin to keep decoding times above zero.
 * Presentation times of audio and video stay equal, and no edit list is needed (hls-checklist rule
 * 32).
 *
 * @param originTicks where the timeline's zero is in the files of all tracks
 * @param decodeLeadTicks how much earlier than on the timeline a sample is decoded
 */
record MediaClock(long originTicks, long decodeLeadTicks) {
  /** As Apple's own tools begin. */
  private static final int ORIGIN_SECONDS = 10;

  /** H.264 encoders reorder by at most two frames when B-frames may refer to B-frames. */
  private static final int REORDERED_FRAMES = 2;

  static MediaClock of(Rendition rendition) {
    Timescale timescale = rendition.track().timescale();
    long originTicks = (long) ORIGIN_SECONDS * timescale.ticksPerSecond();
    return switch (rendition) {
      case Rendition.Video video -> {
        FrameRate rate = video.frameRate();
        long leadTicks =
            (long) REORDERED_FRAMES
                * timescale.ticksPerSecond()
                * rate.denominator()
                / rate.numerator();
        yield new MediaClock(originTicks, Math.min(originTicks, leadTicks));
      }
      case Rendition.Audio audio -> new MediaClock(originTicks, 0);
    };
  }

  /** The chunk as it is written. */
  Fragment written(Fragment fragment) {
    List<Fragment.FrameEntry> samples = fragment.samples();
    if (decodeLeadTicks != 0) {
      samples = new ArrayList<>(samples.size());
      for (Fragment.FrameEntry sample : fragment.samples()) {
        samples.add(
            new Fragment.FrameEntry(
                sample.durationTicks(),
                sample.compositionOffsetTicks() + decodeLeadTicks,
                sample.sync(),
                sample.data()));
      }
    }
    return new Fragment(
        fragment.sequenceNumber(),
        fragment.baseDecodeTimeTicks() + originTicks - decodeLeadTicks,
        samples);
  }
}
