package io.streaminfa.transcode.worker;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.LadderPlanner;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * One live source from packets to packets, called by one thread. Nothing is planned before pictures
 * were decoded; audio that comes first is held, audio that a video-only plan did not expect is
 * ignored.
 */
final class LiveTranscode implements AutoCloseable {
  /** So long without a picture, and the source is given up. */
  private static final long MAX_UNDECODABLE_TICKS = 10L * Timescale.VIDEO.ticksPerSecond();

  /** Silence is put in for audio that is further behind the pictures. */
  private static final long AUDIO_LAG_TICKS = Timescale.VIDEO.ticksPerSecond();

  /** The last picture is repeated when audio is further ahead of the pictures. */
  private static final long VIDEO_LAG_TICKS = 2L * Timescale.VIDEO.ticksPerSecond();

  /** A key frame's exact time and the source's own time of it differ by their rounding. */
  private static final int ROUNDING_MILLIS = 2;

  /** Larger gaps are jumps of the source's clock: the timeline jumps as well. */
  private static final int MAX_SILENCE_SECONDS = 60;

  /** The plan waits for the first audio no longer than for so many packets of video. */
  private static final int MAX_PACKETS_AWAITING_AUDIO = 30;

  private final WorkerMessage.Configure configuration;
  private final long encodeFromTicks;
  private final Outlet outlet;
  private final Vitals vitals;
  private final FfmpegLog log;
  private final SourceProbe probe = new SourceProbe();
  private final AudioChain audio = new AudioChain(MAX_SILENCE_SECONDS);
  private @Nullable Decoder videoDecoder;
  private @Nullable Decoder audioDecoder;
  private @Nullable VideoChain video;
  private boolean hasAudio;
  private int videoPackets;
  private long pastErrors;
  private long lastPictureTicks = Long.MIN_VALUE;

  LiveTranscode(
      WorkerMessage.Configure configuration, Outlet outlet, Vitals vitals, FfmpegLog log) {
    this.configuration = configuration;
    this.encodeFromTicks =
        Timescale.MILLISECONDS.convert(
            configuration.encodeFromMillis() - ROUNDING_MILLIS, Timescale.VIDEO);
    this.outlet = outlet;
    this.vitals = vitals;
    this.log = log;
  }

  void tracks(List<Track> tracks) throws WorkerFailure, InterruptedException {
    Track videoTrack = null;
    Track audioTrack = null;
    for (Track track : tracks) {
      if (track.config().isVideo()) {
        videoTrack = track;
      } else {
        audioTrack = track;
      }
    }
    if (videoTrack == null && video == null) {
      throw new WorkerFailure("no_video_track", "the source has no video", true);
    }
    if (isNew(videoDecoder, videoTrack)) {
      flushVideoDecoder();
      videoDecoder = videoTrack == null ? null : Decoder.open(videoTrack);
    }
    if (isNew(audioDecoder, audioTrack)) {
      flushAudioDecoder();
      audioDecoder = audioTrack == null ? null : Decoder.open(audioTrack);
    }
    vitals.step();
  }

  private static boolean isNew(@Nullable Decoder decoder, @Nullable Track track) {
    return decoder == null ? track != null : !decoder.track().equals(track);
  }

  void packet(Sample sample) throws WorkerFailure, IOException, InterruptedException {
    Decoder videoOne = videoDecoder;
    Decoder audioOne = audioDecoder;
    if (videoOne != null && videoOne.track().id() == sample.trackId()) {
      videoPackets++;
      videoOne.decode(sample, frame -> picture(frame, videoOne));
      failIfUndecodable(videoOne, sample);
    } else if (audioOne != null && audioOne.track().id() == sample.trackId() && isAudioWanted()) {
      audioOne.decode(sample, frame -> audio.push(frame, audioOne.track().timescale()));
      keepVideoUp(audioOne, sample);
    }
    if (video == null && probe.isEnough() && isAudioKnown()) {
      begin();
    }
    vitals.decodeErrors(errorsOf(videoOne) + errorsOf(audioOne) + pastErrors);
  }

  private static long errorsOf(@Nullable Decoder decoder) {
    return decoder == null ? 0 : decoder.errors();
  }

  /** Audio that was not there when the ladder was planned has no encoder to go to. */
  private boolean isAudioWanted() {
    return video == null || hasAudio;
  }

  private boolean isAudioKnown() {
    return audioDecoder == null
        || audio.firstSampleRate() > 0
        || videoPackets > MAX_PACKETS_AWAITING_AUDIO;
  }

  private void picture(AVFrame frame, Decoder decoder) throws WorkerFailure, InterruptedException {
    long sourceTicks = frame.best_effort_timestamp();
    if (sourceTicks == avutil.AV_NOPTS_VALUE()) {
      return;
    }
    long ticks = decoder.track().timescale().convert(sourceTicks, Timescale.VIDEO);
    lastPictureTicks = ticks;
    if (ticks < encodeFromTicks) {
      return;
    }
    VideoChain chain = video;
    if (chain == null) {
      probe.hold(frame, ticks);
      return;
    }
    chain.push(frame, ticks);
    if (hasAudio) {
      audio.fillUntil(chain.lastTicks() - AUDIO_LAG_TICKS);
    }
  }

  private void keepVideoUp(Decoder decoder, Sample sample)
      throws WorkerFailure, InterruptedException {
    if (video != null) {
      long ticks = decoder.track().timescale().convert(sample.ptsTicks(), Timescale.VIDEO);
      if (ticks - video.lastTicks() > VIDEO_LAG_TICKS) {
        video.fillUntil(ticks - VIDEO_LAG_TICKS / 2);
      }
    }
  }

  private void failIfUndecodable(Decoder decoder, Sample sample) throws WorkerFailure {
    long ticks = decoder.track().timescale().convert(sample.dtsTicks(), Timescale.VIDEO);
    if (lastPictureTicks == Long.MIN_VALUE) {
      lastPictureTicks = ticks;
    }
    if (ticks - lastPictureTicks > MAX_UNDECODABLE_TICKS) {
      throw undecodable(decoder);
    }
  }

  private WorkerFailure undecodable(@Nullable Decoder decoder) {
    String words = log.lastError().isEmpty() ? "" : ": " + log.lastError();
    String errors = decoder == null ? "" : " (" + decoder.errors() + " errors)";
    return new WorkerFailure("no_decodable_picture", "no picture decoded" + errors + words, true);
  }

  private void begin() throws WorkerFailure, IOException, InterruptedException {
    FrameRate claimed = videoDecoder == null ? null : videoDecoder.claimedFrameRate();
    FrameGrid grid = probe.grid(claimed);
    SourceInfo source = describe(probe.frameRate(grid, claimed));
    LadderPlan plan = new LadderPlanner(configuration.settings().ladder()).plan(source);
    hasAudio = !plan.audios().isEmpty();
    long firstTicks = grid == null ? probe.firstTicks() : grid.nearest(probe.firstTicks());
    List<VideoRung> rungs = openVideoRungs(plan);
    VideoChain chain =
        new VideoChain(
            plan, rungs, configuration.settings().keyframeInterval(), new FrameClock(grid));
    video = chain;
    List<AudioRung> audioRungs = openAudioRungs(plan, firstTicks);
    List<Rendition> renditions = new ArrayList<>();
    for (VideoRung rung : rungs) {
      renditions.add(rung.rendition());
    }
    audioRungs.forEach(rung -> renditions.add(rung.rendition()));
    outlet.send(new WorkerMessage.Planned(source, renditions));
    rungs.forEach(VideoRung::start);
    for (SourceProbe.Held held : probe.pictures()) {
      chain.push(held.frame().get(), held.ticks());
    }
    probe.close();
    if (hasAudio) {
      int rate = plan.audios().getFirst().sampleRate();
      audio.begin(audioRungs, rate, AudioChain.firstPosition(firstTicks, rate));
    }
  }

  private SourceInfo describe(FrameRate rate) {
    Decoder decoder = audioDecoder;
    if (decoder == null) {
      return probe.describe(rate, "", 0, 0);
    }
    String codec = decoder.track().config() instanceof CodecConfig.Aac ? "aac" : "mp3";
    boolean seen = audio.firstSampleRate() > 0;
    return probe.describe(
        rate,
        codec,
        seen ? audio.firstSampleRate() : decoder.context().sample_rate(),
        seen ? audio.firstChannels() : decoder.context().ch_layout().nb_channels());
  }

  private List<VideoRung> openVideoRungs(LadderPlan plan) throws WorkerFailure {
    List<VideoRung> opened = new ArrayList<>();
    try {
      openVideoRungs(plan, opened);
      return opened;
    } catch (WorkerFailure e) {
      opened.forEach(VideoRung::close);
      throw e;
    }
  }

  private void openVideoRungs(LadderPlan plan, List<VideoRung> rungs) throws WorkerFailure {
    TranscodeSettings settings = configuration.settings();
    VideoEncoding encoding =
        new VideoEncoding(
            settings.encoder(),
            settings.keyframeInterval(),
            PictureFormat.of(probe.firstPicture(), null).colour().delivered(),
            configuration.lowLatency());
    int others = plan.videos().size() - 1;
    int threads = Math.max(1, configuration.encoderThreads() - others);
    for (LadderPlan.Video planned : plan.videos()) {
      Encoder encoder = encoding.open(planned, settings.livePreset(), threads);
      rungs.add(new VideoRung(planned, rungs.size() + 1, encoder, outlet, vitals));
      threads = 1;
      vitals.step();
    }
  }

  private List<AudioRung> openAudioRungs(LadderPlan plan, long firstTicks) throws WorkerFailure {
    List<AudioRung> opened = new ArrayList<>();
    int trackId = plan.videos().size() + 1;
    for (LadderPlan.Audio planned : plan.audios()) {
      long first = AudioChain.firstPosition(firstTicks, planned.sampleRate());
      opened.add(AudioRung.open(planned, trackId++, AudioRung.Span.from(first), outlet));
    }
    return opened;
  }

  /** All input is there: encodes and sends what is left. */
  void finish() throws WorkerFailure, IOException, InterruptedException {
    Decoder decoder = videoDecoder;
    flushVideoDecoder();
    flushAudioDecoder();
    if (video == null) {
      if (probe.isEmpty()) {
        throw undecodable(decoder);
      }
      begin();
    }
    VideoChain chain = video;
    if (chain != null) {
      if (hasAudio) {
        audio.fillUntil(chain.lastTicks());
        audio.finish();
      }
      chain.finish();
    }
  }

  private void flushVideoDecoder() throws WorkerFailure, InterruptedException {
    Decoder decoder = videoDecoder;
    if (decoder != null) {
      try (decoder) {
        videoDecoder = null;
        decoder.flush(frame -> picture(frame, decoder));
        pastErrors += decoder.errors();
      }
    }
  }

  private void flushAudioDecoder() throws WorkerFailure, InterruptedException {
    Decoder decoder = audioDecoder;
    if (decoder != null) {
      try (decoder) {
        audioDecoder = null;
        decoder.flush(frame -> audio.push(frame, decoder.track().timescale()));
        pastErrors += decoder.errors();
      }
    }
  }

  @Override
  public void close() {
    if (video != null) {
      video.close();
    }
    audio.close();
    probe.close();
    if (videoDecoder != null) {
      videoDecoder.close();
    }
    if (audioDecoder != null) {
      audioDecoder.close();
    }
  }
}
