package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A player's view of a stream: playlists (RFC 8216) and segments, parsed apart from the server. */
public final class HlsClient implements AutoCloseable {
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);

  /** AttributeName=AttributeValue, where a quoted value may hold commas (RFC 8216, 4.2). */
  private static final Pattern ATTRIBUTE = Pattern.compile("([A-Z0-9-]+)=(\"[^\"]*\"|[^,]*)");

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(REQUEST_TIMEOUT)
          .build();

  /** EXT-X-STREAM-INF with its URI. */
  public record Variant(URI uri, Map<String, String> attributes) {
    public int width() {
      return Integer.parseInt(resolution()[0]);
    }

    public int height() {
      return Integer.parseInt(resolution()[1]);
    }

    private String[] resolution() {
      return attributes.getOrDefault("RESOLUTION", "0x0").split("x", 2);
    }

    public String audioGroup() {
      return attributes.getOrDefault("AUDIO", "");
    }
  }

  /** EXT-X-MEDIA of the type AUDIO. */
  public record AudioRendition(String groupId, URI uri, Map<String, String> attributes) {}

  /** The multivariant playlist. */
  public record Multivariant(List<Variant> variants, List<AudioRendition> audio) {
    /** The sound that plays with a variant. */
    public Optional<AudioRendition> audioOf(Variant variant) {
      return audio.stream().filter(a -> a.groupId().equals(variant.audioGroup())).findFirst();
    }
  }

  /**
   * A segment of a media playlist.
   *
   * @param discontinuity EXT-X-DISCONTINUITY stands before it
   */
  public record Segment(
      long number,
      URI uri,
      double durationSeconds,
      boolean discontinuity,
      boolean gap,
      Optional<URI> map) {}

  /** A media playlist. */
  public record MediaPlaylist(
      URI uri,
      int targetDurationSeconds,
      long mediaSequence,
      long discontinuitySequence,
      boolean ended,
      List<Segment> segments,
      String text) {
    public double durationSeconds() {
      return segments.stream().mapToDouble(Segment::durationSeconds).sum();
    }

    public long discontinuities() {
      return segments.stream().filter(Segment::discontinuity).count();
    }

    /** The number that the next segment will have. */
    public long nextNumber() {
      return mediaSequence + segments.size();
    }
  }

  /** The answer to a GET, whatever its status. */
  public HttpResponse<byte[]> get(URI uri) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(REQUEST_TIMEOUT).build();
    return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  /** The bytes behind an address that must answer 200. */
  public byte[] bytes(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(uri);
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answered " + response.statusCode());
    }
    return response.body();
  }

  public Multivariant multivariant(URI uri) throws IOException, InterruptedException {
    return parseMultivariant(uri, new String(bytes(uri), StandardCharsets.UTF_8));
  }

  public MediaPlaylist media(URI uri) throws IOException, InterruptedException {
    return parseMedia(uri, new String(bytes(uri), StandardCharsets.UTF_8));
  }

  /** All samples of a playlist's segments, one list a segment. */
  public List<List<Mp4Samples.Sample>> samples(MediaPlaylist playlist)
      throws IOException, InterruptedException {
    Map<URI, byte[]> inits = new HashMap<>();
    List<List<Mp4Samples.Sample>> all = new ArrayList<>();
    for (Segment segment : playlist.segments()) {
      URI map = segment.map().orElseThrow(() -> new IOException("no EXT-X-MAP"));
      if (!inits.containsKey(map)) {
        inits.put(map, bytes(map));
      }
      all.add(Mp4Samples.read(inits.get(map), bytes(segment.uri())));
    }
    return all;
  }

  static Multivariant parseMultivariant(URI base, String text) throws IOException {
    List<Variant> variants = new ArrayList<>();
    List<AudioRendition> audio = new ArrayList<>();
    Map<String, String> pending = Map.of();
    for (String line : lines(text)) {
      if (line.startsWith("#EXT-X-STREAM-INF:")) {
        pending = attributes(line);
      } else if (line.startsWith("#EXT-X-MEDIA:")) {
        Map<String, String> all = attributes(line);
        if ("AUDIO".equals(all.get("TYPE"))) {
          String group = all.getOrDefault("GROUP-ID", "");
          audio.add(new AudioRendition(group, base.resolve(all.getOrDefault("URI", "")), all));
        }
      } else if (!line.startsWith("#")) {
        variants.add(new Variant(base.resolve(line), pending));
        pending = Map.of();
      }
    }
    return new Multivariant(List.copyOf(variants), List.copyOf(audio));
  }

  static MediaPlaylist parseMedia(URI base, String text) throws IOException {
    List<Segment> segments = new ArrayList<>();
    long target = -1;
    long sequence = 0;
    long discontinuitySequence = 0;
    boolean ended = false;
    boolean discontinuity = false;
    boolean gap = false;
    double duration = 0;
    Optional<URI> map = Optional.empty();
    for (String line : lines(text)) {
      String value = line.substring(line.indexOf(':') + 1);
      switch (line.split(":", 2)[0]) {
        case "#EXT-X-TARGETDURATION" -> target = Long.parseLong(value);
        case "#EXT-X-MEDIA-SEQUENCE" -> sequence = Long.parseLong(value);
        case "#EXT-X-DISCONTINUITY-SEQUENCE" -> discontinuitySequence = Long.parseLong(value);
        case "#EXT-X-ENDLIST" -> ended = true;
        case "#EXT-X-DISCONTINUITY" -> discontinuity = true;
        case "#EXT-X-GAP" -> gap = true;
        case "#EXT-X-MAP" ->
            map = Optional.of(base.resolve(attributes(line).getOrDefault("URI", "")));
        case "#EXTINF" -> duration = Double.parseDouble(value.split(",", 2)[0]);
        default -> {
          if (!line.startsWith("#")) {
            long number = sequence + segments.size();
            segments.add(
                new Segment(number, base.resolve(line), duration, discontinuity, gap, map));
            discontinuity = false;
            gap = false;
          }
        }
      }
    }
    return new MediaPlaylist(
        base, (int) target, sequence, discontinuitySequence, ended, List.copyOf(segments), text);
  }

  private static List<String> lines(String text) throws IOException {
    if (!text.startsWith("#EXTM3U")) {
      throw new IOException("no playlist: " + text.substring(0, Math.min(80, text.length())));
    }
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static Map<String, String> attributes(String line) {
    Map<String, String> all = new HashMap<>();
    Matcher matcher = ATTRIBUTE.matcher(line.substring(line.indexOf(':') + 1));
    while (matcher.find()) {
      all.put(matcher.group(1), matcher.group(2).replace("\"", ""));
    }
    return Map.copyOf(all);
  }

  @Override
  public void close() {
    http.close();
  }
}
