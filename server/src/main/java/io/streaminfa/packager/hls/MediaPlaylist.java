package io.streaminfa.packager.hls;

import io.streaminfa.media.MediaFormatException;
import java.util.List;
import java.util.Optional;

/**
 * A media playlist as RFC 8216bis, 4.4 has it, in the subset that this server writes. {@link
 * #parse} accepts what {@link #render} gives and refuses every tag beyond.
 *
 * @param version EXT-X-VERSION
 * @param targetDurationSeconds never below a rounded EXTINF
 * @param mediaSequence the number of the first segment
 * @param discontinuitySequence how many discontinuities have left the playlist; always written
 * @param type VOD, EVENT, or empty while segments slide out at the front
 * @param ended EXT-X-ENDLIST
 */
public record MediaPlaylist(
    int version,
    boolean independentSegments,
    int targetDurationSeconds,
    long mediaSequence,
    long discontinuitySequence,
    Optional<Type> type,
    List<MediaSegment> segments,
    boolean ended) {
  /** EXT-X-PLAYLIST-TYPE. */
  public enum Type {
    EVENT,
    VOD
  }

  public MediaPlaylist {
    segments = List.copyOf(segments);
  }

  /** The playlist's text, in ASCII where the URIs are. */
  public String render() {
    return MediaPlaylistText.render(this);
  }

  /**
   * Reads a playlist back.
   *
   * @throws MediaFormatException with a code that begins with {@code playlist_}
   */
  public static MediaPlaylist parse(String text) throws MediaFormatException {
    return MediaPlaylistText.parse(text);
  }
}
