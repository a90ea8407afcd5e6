package io.streaminfa.packager.hls;

import static io.streaminfa.packager.hls.PlaylistLines.malformed;
import static io.streaminfa.packager.hls.PlaylistLines.required;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.units.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A multivariant playlist (RFC 8216bis, 4.4.6) in the subset that this server writes.
 *
 * @param version EXT-X-VERSION
 */
public record MultivariantPlaylist(
    int version, boolean independentSegments, List<AudioRendition> audio, List<Variant> variants) {
  private static final int MAX_ENTRIES = 256;
  private static final int MILLI_PLACES = 3;

  /**
   * EXT-X-MEDIA of TYPE=AUDIO, the default of its group.
   *
   * @param name the same in every group
   * @param channels how many, at least 1
   */
  public record AudioRendition(String groupId, String name, int channels, String uri) {}

  /**
   * EXT-X-STREAM-INF and its URI.
   *
   * @param bandwidth bits per second, the peak with the audio group's
   * @param averageBandwidth bits per second, with the audio group's
   * @param codecs RFC 6381, comma-separated
   * @param frameRateMillihertz FRAME-RATE has three decimals
   * @param audioGroup a group that {@code audio} defines
   */
  public record Variant(
      String uri,
      long bandwidth,
      long averageBandwidth,
      String codecs,
      Optional<Resolution> resolution,
      OptionalInt frameRateMillihertz,
      Optional<String> audioGroup) {}

  public MultivariantPlaylist {
    audio = List.copyOf(audio);
    variants = List.copyOf(variants);
  }

  /** The playlist's text. */
  public String render() {
    StringBuilder out = new StringBuilder(1024);
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(version).append('\n');
    if (independentSegments) {
      out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    for (AudioRendition rendition : audio) {
      out.append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"").append(rendition.groupId());
      out.append("\",NAME=\"").append(rendition.name());
      out.append("\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"").append(rendition.channels());
      out.append("\",URI=\"").append(rendition.uri()).append("\"\n");
    }
    for (Variant variant : variants) {
      render(out, variant);
    }
    return out.toString();
  }

  private static void render(StringBuilder out, Variant variant) {
    out.append("#EXT-X-STREAM-INF:BANDWIDTH=").append(variant.bandwidth());
    out.append(",AVERAGE-BANDWIDTH=").append(variant.averageBandwidth());
    out.append(",CODECS=\"").append(variant.codecs()).append('"');
    variant.resolution().ifPresent(size -> out.append(",RESOLUTION=").append(size));
    if (variant.frameRateMillihertz().isPresent()) {
      out.append(",FRAME-RATE=");
      int frameRate = variant.frameRateMillihertz().getAsInt();
      PlaylistLines.appendFixedPoint(out, frameRate, MILLI_PLACES);
    }
    variant.audioGroup().ifPresent(group -> out.append(",AUDIO=\"").append(group).append('"'));
    out.append('\n').append(variant.uri()).append('\n');
  }

  /**
   * Reads a playlist back; strict, as {@link MediaPlaylist#parse}.
   *
   * @throws MediaFormatException with a code that begins with {@code playlist_}
   */
  public static MultivariantPlaylist parse(String text) throws MediaFormatException {
    OptionalInt version = OptionalInt.empty();
    boolean independentSegments = false;
    List<AudioRendition> audio = new ArrayList<>();
    List<Variant> variants = new ArrayList<>();
    Optional<String> streamInf = Optional.empty();
    for (String line : PlaylistLines.split(text)) {
      if (line.startsWith("#") == streamInf.isPresent()
          || audio.size() + variants.size() == MAX_ENTRIES) {
        throw malformed("playlist_stream_inf", line);
      }
      String value = PlaylistLines.value(line);
      if (streamInf.isPresent()) {
        variants.add(variant(PlaylistLines.attributes(streamInf.get()), line));
        streamInf = Optional.empty();
        continue;
      }
      switch (PlaylistLines.tag(line)) {
        case "#EXT-X-VERSION" -> version = PlaylistLines.once(version, "EXT-X-VERSION", value);
        case "#EXT-X-INDEPENDENT-SEGMENTS" -> independentSegments = true;
        case "#EXT-X-MEDIA" -> audio.add(audio(PlaylistLines.attributes(value)));
        case "#EXT-X-STREAM-INF" -> streamInf = Optional.of(value);
        default -> throw PlaylistLines.unknownTag(line);
      }
    }
    if (streamInf.isPresent()) {
      throw malformed("playlist_truncated", "the last EXT-X-STREAM-INF has no URI");
    }
    return new MultivariantPlaylist(
        PlaylistLines.present(version, "EXT-X-VERSION"), independentSegments, audio, variants);
  }

  private static AudioRendition audio(Map<String, String> attributes) throws MediaFormatException {
    if (!required(attributes, "TYPE").equals("AUDIO")) {
      throw PlaylistLines.unknownTag("EXT-X-MEDIA:TYPE=" + attributes.get("TYPE"));
    }
    if (!PlaylistLines.yes(required(attributes, "DEFAULT"))
        || !PlaylistLines.yes(required(attributes, "AUTOSELECT"))) {
      throw malformed("playlist_attribute", "an audio rendition that is not the default");
    }
    return new AudioRendition(
        required(attributes, "GROUP-ID"),
        required(attributes, "NAME"),
        PlaylistLines.decimalInt(required(attributes, "CHANNELS")),
        required(attributes, "URI"));
  }

  private static Variant variant(Map<String, String> attributes, String uri)
      throws MediaFormatException {
    String frameRate = attributes.get("FRAME-RATE");
    String resolution = attributes.get("RESOLUTION");
    return new Variant(
        uri,
        PlaylistLines.decimal(required(attributes, "BANDWIDTH")),
        PlaylistLines.decimal(required(attributes, "AVERAGE-BANDWIDTH")),
        required(attributes, "CODECS"),
        resolution == null ? Optional.empty() : Optional.of(resolution(resolution)),
        frameRate == null ? OptionalInt.empty() : OptionalInt.of(millihertz(frameRate)),
        Optional.ofNullable(attributes.get("AUDIO")));
  }

  private static int millihertz(String frameRate) throws MediaFormatException {
    long value = PlaylistLines.fixedPoint(frameRate, MILLI_PLACES);
    if (value > Integer.MAX_VALUE) {
      throw malformed("playlist_number", frameRate);
    }
    return (int) value;
  }

  private static Resolution resolution(String text) throws MediaFormatException {
    int cross = text.indexOf('x');
    if (cross < 0) {
      throw malformed("playlist_attribute", "RESOLUTION=" + text);
    }
    int width = PlaylistLines.decimalInt(text.substring(0, cross));
    int height = PlaylistLines.decimalInt(text.substring(cross + 1));
    if (width < 1 || height < 1) {
      throw malformed("playlist_attribute", "RESOLUTION=" + text);
    }
    return new Resolution(width, height);
  }
}
