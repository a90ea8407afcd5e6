package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.flv.AudioTag;
import io.streaminfa.media.flv.VideoTag;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * From the audio and video messages of one publisher to samples on one continuous timeline. For one
 * thread. onMetaData does not come here: size, rate and codecs are read from the media itself.
 */
final class TagDemuxer {
  private final IngestSettings settings;
  private final MediaSink sink;
  private final Consumer<String> defects;
  private final LongSupplier nanoTime;
  private final TimestampUnwrapper unwrapper = new TimestampUnwrapper();
  private final SourceTimeline timeline;
  private final VideoTrackDemuxer videoTrack;
  private final AudioTrackDemuxer audioTrack;
  private final TrackAnnouncement announcement;

  private boolean mediaSeen;
  private boolean videoSeen;
  private long firstMediaNanos;
  private boolean ended;

  /**
   * @param defectCounter called with a stable code whenever something was repaired or skipped
   */
  TagDemuxer(MediaSink sink, IngestSettings settings, Consumer<String> defectCounter) {
    this(sink, settings, defectCounter, System::nanoTime);
  }

  TagDemuxer(
      MediaSink sink,
      IngestSettings settings,
      Consumer<String> defectCounter,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.sink = sink;
    this.defects = defectCounter;
    this.nanoTime = nanoTime;
    this.timeline = new SourceTimeline(defectCounter);
    this.videoTrack = new VideoTrackDemuxer(settings, defectCounter);
    this.audioTrack = new AudioTrackDemuxer(settings, defectCounter);
    this.announcement = new TrackAnnouncement(sink);
  }

  /**
   * Takes a message of type 9.
   *
   * @param timestampMs as on the wire, unsigned 32 bits
   * @param payload is not modified, and must not be by anyone afterwards: samples share its memory
   * @throws MediaFormatException when the publisher must be refused
   */
  void video(long timestampMs, ByteBuffer payload)
      throws MediaFormatException, InterruptedException {
    VideoTag tag = VideoTag.parse(payload);
    if (tag instanceof VideoTag.Skipped(String code)) {
      defects.accept(code);
    } else {
      videoSeen = true;
      seeMedia();
    }
    switch (tag) {
      case VideoTag.SequenceStart(ByteBuffer config) -> videoTrack.configure(config);
      case VideoTag.CodedFrames frame -> readPicture(timestampMs, frame);
      // What follows an end of sequence begins with a sequence header or a key frame of its own.
      case VideoTag.SequenceEnd _, VideoTag.Skipped _ -> {}
    }
    tick();
  }

  /**
   * Takes a message of type 8; otherwise as {@link #video}.
   *
   * @throws MediaFormatException when the publisher must be refused
   */
  void audio(long timestampMs, ByteBuffer payload)
      throws MediaFormatException, InterruptedException {
    AudioTag tag = AudioTag.parse(payload);
    if (tag instanceof AudioTag.Skipped(String code)) {
      defects.accept(code);
    } else {
      seeMedia();
    }
    AudioTrackDemuxer.Frame frame =
        switch (tag) {
          case AudioTag.SequenceStart(ByteBuffer config) -> {
            audioTrack.configure(config);
            yield null;
          }
          case AudioTag.AacFrame(_, ByteBuffer data) -> audioTrack.readAac(data);
          case AudioTag.Mp3Frame(_, ByteBuffer data) -> audioTrack.readMp3(data);
          case AudioTag.SequenceEnd _, AudioTag.Skipped _ -> null;
        };
    if (frame != null) {
      long dtsMs = map(SourceTimeline.Source.AUDIO, timestampMs);
      accept(new MediaUnit(frame.config(), dtsMs, 0, true, frame.data()));
    }
    tick();
  }

  /**
   * Looks at the deadlines; to be called about once a second while no message comes.
   *
   * @throws MediaFormatException.Unsupported {@code no_video} when only audio came within
   *     ingest.key_frame_timeout
   * @throws MediaFormatException.Malformed {@code no_key_frame} when video came, but no key frame
   */
  void tick() throws MediaFormatException, InterruptedException {
    long nowNanos = nanoTime.getAsLong();
    announcement.tick(nowNanos);
    if (mediaSeen
        && !announcement.hasPicture()
        && nowNanos - firstMediaNanos >= settings.keyFrameTimeout().toNanos()) {
      String within = " within " + settings.keyFrameTimeout().toSeconds() + " s";
      throw videoSeen
          ? new MediaFormatException.Malformed("no_key_frame", "no key frame came" + within)
          : new MediaFormatException.Unsupported("no_video", "no video came" + within);
    }
  }

  /** Hands on what still waits where the end is not a refusal, and ends the sink once. */
  void end(EndReason reason) throws InterruptedException {
    if (ended) {
      return;
    }
    ended = true;
    EndReason effective = reason;
    try {
      if (reason == EndReason.CLEAN || reason == EndReason.CONNECTION_LOST) {
        announcement.finish(nanoTime.getAsLong());
      }
    } catch (MediaFormatException e) {
      defects.accept(e.defectCode());
      effective = EndReason.REFUSED;
    } finally {
      sink.end(effective);
    }
  }

  private void readPicture(long timestampMs, VideoTag.CodedFrames frame)
      throws MediaFormatException, InterruptedException {
    VideoTrackDemuxer.AccessUnit unit = videoTrack.read(frame);
    if (unit != null) {
      long dtsMs = map(SourceTimeline.Source.VIDEO, timestampMs);
      accept(
          new MediaUnit(unit.config(), dtsMs, unit.compositionTimeMs(), unit.sync(), unit.data()));
    }
  }

  private long map(SourceTimeline.Source source, long timestampMs) throws MediaFormatException {
    return timeline.map(source, unwrapper.unwrap(timestampMs));
  }

  private void accept(MediaUnit unit) throws MediaFormatException, InterruptedException {
    announcement.accept(unit, nanoTime.getAsLong());
  }

  private void seeMedia() {
    if (!mediaSeen) {
      mediaSeen = true;
      firstMediaNanos = nanoTime.getAsLong();
    }
  }
}
