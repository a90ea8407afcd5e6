package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.units.Bitrate;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One accepted stream on a connection: its demuxer, its limit and its totals. */
final class Publication {
  private static final Logger log = LoggerFactory.getLogger(Publication.class);

  private final PublishSession session;
  private final TagDemuxer demuxer;
  private final IngestSettings settings;
  private final BitrateLimit bitrateLimit;
  private final EndRequest endRequest;
  private final LongSupplier nanoClock;
  private final long beganNanos;
  private long mediaBytes;
  private long audioMessages;
  private long videoMessages;

  /**
   * @param nanoClock {@link System#nanoTime}, or a test's
   */
  Publication(
      PublishSession session,
      IngestSettings settings,
      RtmpMetrics metrics,
      EndRequest endRequest,
      LongSupplier nanoClock) {
    this.session = session;
    this.nanoClock = nanoClock;
    this.beganNanos = nanoClock.getAsLong();
    this.settings = settings;
    this.endRequest = endRequest;
    this.demuxer = new TagDemuxer(session, settings, metrics::error);
    this.bitrateLimit = new BitrateLimit(Bitrate.ofKbps(settings.maxBitrateKbps()), beganNanos);
  }

  void audio(Message.Audio audio) throws ConnectionEnd, MediaFormatException, InterruptedException {
    audioMessages++;
    count(audio.payload().remaining());
    downstream(() -> demuxer.audio(audio.timestampMs(), audio.payload()));
  }

  void video(Message.Video video) throws ConnectionEnd, MediaFormatException, InterruptedException {
    videoMessages++;
    count(video.payload().remaining());
    downstream(() -> demuxer.video(video.timestampMs(), video.payload()));
  }

  void tick() throws MediaFormatException, InterruptedException {
    downstream(demuxer::tick);
  }

  void end(EndReason reason, String code) throws InterruptedException {
    Duration lasted = Duration.ofNanos(nanoClock.getAsLong() - beganNanos);
    log.info(
        "Publishing ended: {} ({}) after {} s, {} bytes in {} audio and {} video messages",
        reason,
        code,
        lasted.toSeconds(),
        mediaBytes,
        audioMessages,
        videoMessages);
    demuxer.end(reason);
  }

  String streamId() {
    return session.streamId();
  }

  private void count(int bytes) throws ConnectionEnd {
    mediaBytes += bytes;
    if (bitrateLimit.exceededBy(bytes, nanoClock.getAsLong())) {
      throw ConnectionEnd.refused(
          "bitrate_exceeded",
          ConnectionEnd.FAILED,
          "The stream is above the limit of " + settings.maxBitrateKbps() + " kbps.");
    }
  }

  private void downstream(Step step) throws MediaFormatException, InterruptedException {
    endRequest.enterDownstream();
    try {
      step.run();
    } finally {
      endRequest.leaveDownstream();
    }
  }

  @FunctionalInterface
  private interface Step {
    void run() throws MediaFormatException, InterruptedException;
  }
}
