package io.streaminfa.packager;

import io.streaminfa.packager.hls.MediaPlaylist;
import io.streaminfa.packager.hls.MediaSegment;
import io.streaminfa.packager.hls.MultivariantPlaylist;
import io.streaminfa.packager.hls.MultivariantPlaylist.AudioRendition;
import io.streaminfa.packager.hls.MultivariantPlaylist.Variant;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Turns rows and renditions into playlists. */
public final class StreamPlaylists {
  /** EXT-X-MAP without EXT-X-I-FRAMES-ONLY needs 6, and CMAF is usually announced as 7. */
  private static final int FMP4_VERSION = 7;

  /** The one language-less audio track, under the same name in each group (rule 26). */
  private static final String AUDIO_NAME = "audio";

  private static final int MICROS_PER_MILLI = 1000;

  private final int version;
  private final int targetDurationSeconds;

  public StreamPlaylists(PackagingSettings settings) {
    version = Math.max(FMP4_VERSION, settings.hlsVersion());
    targetDurationSeconds = Math.toIntExact(settings.segmentDuration().toSeconds());
  }

  /** The sliding window of one rendition; without a type (rule 9). */
  public MediaPlaylist live(LiveWindow window, String rendition, boolean ended) {
    return new MediaPlaylist(
        version,
        true,
        targetDurationSeconds,
        window.mediaSequence(),
        window.discontinuitySequence(),
        Optional.empty(),
        segments(window.rows(), rendition, true),
        ended);
  }

  /** What is left of a stream that is not recorded; it never changes again. */
  MediaPlaylist lastWindow(LiveWindow window, String rendition) {
    return new MediaPlaylist(
        version,
        true,
        targetDurationSeconds,
        window.mediaSequence(),
        window.discontinuitySequence(),
        Optional.of(MediaPlaylist.Type.VOD),
        segments(window.rows(), rendition, true),
        true);
  }

  /**
   * The rows of a file, which has no wall clock.
   *
   * @param type VOD when all rows are there, EVENT while more come
   */
  MediaPlaylist ofFile(List<ListedRow> rows, String rendition, MediaPlaylist.Type type) {
    return new MediaPlaylist(
        version,
        true,
        targetDurationSeconds,
        0,
        0,
        Optional.of(type),
        segments(rows, rendition, false),
        type == MediaPlaylist.Type.VOD);
  }

  /** Everything since the start. */
  MediaPlaylist recorded(List<ListedRow> rows, String rendition) {
    return new MediaPlaylist(
        version,
        true,
        targetDurationSeconds,
        rows.getFirst().number(),
        0,
        Optional.of(MediaPlaylist.Type.VOD),
        segments(rows, rendition, true),
        true);
  }

  private static List<MediaSegment> segments(
      List<ListedRow> rows, String rendition, boolean isDated) {
    List<MediaSegment> segments = new ArrayList<>(rows.size());
    Optional<String> map = Optional.empty();
    int mapVersion = -1;
    for (ListedRow row : rows) {
      ListedRow.Entry entry = row.entries().get(rendition);
      long dateMicros = row.dateMicros();
      long durationMicros = row.durationMicros();
      boolean gap = true;
      if (entry != null) {
        dateMicros = entry.dateMicros();
        durationMicros = entry.durationMicros();
        gap = entry.isGap();
        if (!gap && entry.initVersion() != mapVersion) {
          mapVersion = entry.initVersion();
          map = Optional.of(ObjectKey.initName(mapVersion));
        }
      }
      segments.add(
          new MediaSegment(
              ObjectKey.segmentName(row.number()),
              durationMicros,
              row.discontinuity(),
              gap,
              isDated
                  ? Optional.of(Instant.ofEpochMilli(Math.floorDiv(dateMicros, MICROS_PER_MILLI)))
                  : Optional.empty(),
              map));
    }
    return segments;
  }

  /**
   * @param bandwidth of a video with its audio, or of an audio that stands alone
   * @param codec of a rendition
   */
  MultivariantPlaylist multivariant(
      Collection<Rendition> renditions,
      Function<Rendition, Bandwidth> bandwidth,
      Function<Rendition, String> codec) {
    List<AudioRendition> audio = new ArrayList<>();
    List<Variant> variants = new ArrayList<>();
    boolean hasVideo = renditions.stream().anyMatch(Rendition.Video.class::isInstance);
    for (Rendition rendition : renditions) {
      switch (rendition) {
        case Rendition.Video video -> variants.add(variant(video, renditions, bandwidth, codec));
        case Rendition.Audio sound when hasVideo ->
            audio.add(new AudioRendition(sound.name(), AUDIO_NAME, sound.channels(), uri(sound)));
        case Rendition.Audio sound -> variants.add(audioOnly(sound, bandwidth, codec));
      }
    }
    return new MultivariantPlaylist(version, true, audio, variants);
  }

  private static Variant variant(
      Rendition.Video video,
      Collection<Rendition> renditions,
      Function<Rendition, Bandwidth> bandwidth,
      Function<Rendition, String> codec) {
    Bandwidth total = bandwidth.apply(video);
    String codecs = codec.apply(video);
    Optional<Rendition> audio = audioOf(video, renditions);
    if (audio.isPresent()) {
      // A9.13: the audio group counts.
      total = total.plus(bandwidth.apply(audio.get()));
      codecs = codecs + "," + codec.apply(audio.get());
    }
    return new Variant(
        uri(video),
        total.peakBitsPerSecond(),
        total.averageBitsPerSecond(),
        codecs,
        Optional.of(video.size()),
        OptionalInt.of(millihertz(video.frameRate())),
        audio.map(Rendition::name));
  }

  private static Variant audioOnly(
      Rendition.Audio audio,
      Function<Rendition, Bandwidth> bandwidth,
      Function<Rendition, String> codec) {
    Bandwidth total = bandwidth.apply(audio);
    return new Variant(
        uri(audio),
        total.peakBitsPerSecond(),
        total.averageBitsPerSecond(),
        codec.apply(audio),
        Optional.empty(),
        OptionalInt.empty(),
        Optional.empty());
  }

  private static Optional<Rendition> audioOf(
      Rendition.Video video, Collection<Rendition> renditions) {
    return renditions.stream()
        .filter(r -> r instanceof Rendition.Audio && r.name().equals(video.audioName()))
        .findFirst();
  }

  private static String uri(Rendition rendition) {
    return rendition.name() + "/media.m3u8";
  }

  private static int millihertz(FrameRate rate) {
    return Math.toIntExact(Math.round(rate.perSecond() * 1000));
  }
}
