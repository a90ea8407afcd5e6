package io.streaminfa.packager.hls;

import static io.streaminfa.packager.hls.PlaylistLines.malformed;

import io.streaminfa.media.MediaFormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Both directions of a media playlist. */
final class MediaPlaylistText {
  private static final int MICRO_PLACES = 6;
  private static final int HEADER_CHARS = 256;
  private static final int SEGMENT_CHARS = 96;

  private static final byte[] DURATION = PlaylistBytes.ascii("#EXTINF:");
  private static final byte[] NO_TITLE = PlaylistBytes.ascii(",\n");
  private static final byte[] GAP_TITLE = PlaylistBytes.ascii(",\n#EXT-X-GAP\n");

  private int version = -1;
  private boolean independentSegments;
  private OptionalInt target = OptionalInt.empty();
  private OptionalLong mediaSequence = OptionalLong.empty();
  private OptionalLong discontinuitySequence = OptionalLong.empty();
  private Optional<MediaPlaylist.Type> type = Optional.empty();
  private final List<MediaSegment> segments = new ArrayList<>();
  private boolean ended;

  private OptionalLong durationMicros = OptionalLong.empty();
  private boolean discontinuity;
  private boolean gap;
  private Optional<Instant> programDateTime = Optional.empty();
  private Optional<String> map = Optional.empty();

  private MediaPlaylistText() {}

  static String render(MediaPlaylist playlist) {
    List<MediaSegment> segments = playlist.segments();
    PlaylistBytes out = new PlaylistBytes(HEADER_CHARS + segments.size() * SEGMENT_CHARS);
    out.append("#EXTM3U\n#EXT-X-VERSION:").decimal(playlist.version());
    if (playlist.independentSegments()) {
      out.append("\n#EXT-X-INDEPENDENT-SEGMENTS");
    }
    out.append("\n#EXT-X-TARGETDURATION:").decimal(playlist.targetDurationSeconds());
    out.append("\n#EXT-X-MEDIA-SEQUENCE:").decimal(playlist.mediaSequence());
    out.append("\n#EXT-X-DISCONTINUITY-SEQUENCE:").decimal(playlist.discontinuitySequence());
    out.lineEnd();
    playlist
        .type()
        .ifPresent(t -> out.append("#EXT-X-PLAYLIST-TYPE:").append(t.name()).append("\n"));
    Optional<String> map = Optional.empty();
    for (MediaSegment segment : segments) {
      render(out, segment, map);
      map = segment.map().isPresent() ? segment.map() : map;
    }
    if (playlist.ended()) {
      out.append("#EXT-X-ENDLIST\n");
    }
    return out.toString();
  }

  private static void render(PlaylistBytes out, MediaSegment segment, Optional<String> map) {
    if (segment.discontinuity()) {
      out.append("#EXT-X-DISCONTINUITY\n");
    }
    if (segment.map().isPresent() && !segment.map().equals(map)) {
      out.append("#EXT-X-MAP:URI=\"").append(segment.map().get()).append("\"\n");
    }
    if (segment.programDateTime().isPresent()) {
      out.dated(segment.programDateTime().get());
    } else {
      out.append(DURATION);
    }
    out.seconds(segment.durationMicros()).append(segment.gap() ? GAP_TITLE : NO_TITLE);
    out.append(segment.uri()).lineEnd();
  }

  static MediaPlaylist parse(String text) throws MediaFormatException {
    MediaPlaylistText state = new MediaPlaylistText();
    for (String line : PlaylistLines.split(text)) {
      state.take(line);
    }
    return state.finish();
  }

  private void take(String line) throws MediaFormatException {
    if (ended) {
      throw malformed("playlist_after_end", line);
    }
    if (!line.startsWith("#")) {
      takeUri(line);
    } else if (!takeHeader(line) && !takeSegmentTag(line)) {
      throw PlaylistLines.unknownTag(line);
    }
  }

  private boolean takeHeader(String line) throws MediaFormatException {
    String value = PlaylistLines.value(line);
    switch (PlaylistLines.tag(line)) {
      case "#EXT-X-VERSION" -> {
        first(version < 0, line);
        version = PlaylistLines.decimalInt(value);
      }
      case "#EXT-X-INDEPENDENT-SEGMENTS" -> {
        first(!independentSegments, line);
        independentSegments = true;
      }
      case "#EXT-X-TARGETDURATION" ->
          target = PlaylistLines.once(target, "EXT-X-TARGETDURATION", value);
      case "#EXT-X-MEDIA-SEQUENCE" -> {
        first(mediaSequence.isEmpty(), line);
        mediaSequence = OptionalLong.of(PlaylistLines.decimal(value));
      }
      case "#EXT-X-DISCONTINUITY-SEQUENCE" -> {
        first(discontinuitySequence.isEmpty(), line);
        discontinuitySequence = OptionalLong.of(PlaylistLines.decimal(value));
      }
      case "#EXT-X-PLAYLIST-TYPE" -> {
        first(type.isEmpty(), line);
        type = Optional.of(typeOf(value));
      }
      case "#EXT-X-ENDLIST" -> ended = true;
      default -> {
        return false;
      }
    }
    return true;
  }

  /** A header tag stands once, and before the first segment. */
  private void first(boolean unseen, String line) throws MediaFormatException {
    if (!unseen || !segments.isEmpty()) {
      throw malformed("playlist_repeated_tag", line);
    }
  }

  private static MediaPlaylist.Type typeOf(String value) throws MediaFormatException {
    return switch (value) {
      case "VOD" -> MediaPlaylist.Type.VOD;
      case "EVENT" -> MediaPlaylist.Type.EVENT;
      default -> throw malformed("playlist_type", value);
    };
  }

  private boolean takeSegmentTag(String line) throws MediaFormatException {
    String value = PlaylistLines.value(line);
    switch (PlaylistLines.tag(line)) {
      case "#EXT-X-DISCONTINUITY" -> discontinuity = true;
      case "#EXT-X-GAP" -> gap = true;
      case "#EXT-X-MAP" -> {
        Map<String, String> attributes = PlaylistLines.attributes(value);
        map = Optional.of(PlaylistLines.required(attributes, "URI"));
      }
      case "#EXT-X-PROGRAM-DATE-TIME" -> programDateTime = Optional.of(instant(value));
      case "#EXTINF" -> {
        if (durationMicros.isPresent() || !value.endsWith(",")) {
          throw malformed("playlist_extinf", line);
        }
        String seconds = value.substring(0, value.length() - 1);
        durationMicros = OptionalLong.of(PlaylistLines.fixedPoint(seconds, MICRO_PLACES));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static Instant instant(String value) throws MediaFormatException {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw malformed("playlist_date_time", value);
    }
  }

  private void takeUri(String uri) throws MediaFormatException {
    if (durationMicros.isEmpty() || durationMicros.getAsLong() < 1) {
      throw malformed("playlist_extinf", uri);
    }
    segments.add(
        new MediaSegment(
            uri, durationMicros.getAsLong(), discontinuity, gap, programDateTime, map));
    durationMicros = OptionalLong.empty();
    discontinuity = false;
    gap = false;
    programDateTime = Optional.empty();
  }

  private MediaPlaylist finish() throws MediaFormatException {
    if (durationMicros.isPresent() || discontinuity || gap || programDateTime.isPresent()) {
      throw malformed("playlist_truncated", "the last segment has no URI");
    }
    if (version < 0 || mediaSequence.isEmpty() || discontinuitySequence.isEmpty()) {
      throw malformed("playlist_missing_tag", "version or a sequence");
    }
    return new MediaPlaylist(
        version,
        independentSegments,
        PlaylistLines.present(target, "EXT-X-TARGETDURATION"),
        mediaSequence.getAsLong(),
        discontinuitySequence.getAsLong(),
        type,
        segments,
        ended);
  }
}
