package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A stream that is over: its playlists, their samples, and what decoders show of them. */
public final class Recording {
  /**
   * A machine that encodes more slowly than the source plays holds the publisher up; nothing else
   * is wrong then, and all that was sent is still to be there.
   */
  private static final Duration PUBLISH_SLACK = Duration.ofMinutes(5);

  private static final Duration FINISH_TIMEOUT = Duration.ofMinutes(3);

  private final HlsClient hls;
  private final HlsClient.Multivariant multivariant;
  private final List<Rung> rungs;

  private Recording(HlsClient hls, HlsClient.Multivariant multivariant, List<Rung> rungs) {
    this.hls = hls;
    this.multivariant = multivariant;
    this.rungs = List.copyOf(rungs);
  }

  /** A video rendition; one list of samples for each segment. */
  public record Rung(
      HlsClient.Variant variant,
      HlsClient.MediaPlaylist playlist,
      List<List<Mp4Samples.Sample>> segments) {

    public String size() {
      return variant.width() + "x" + variant.height();
    }

    public String url() {
      return variant.uri().toString();
    }

    /** The presentation times of all IDR pictures, in seconds. */
    public List<Double> keyFrameSeconds() {
      return segments.stream()
          .flatMap(List::stream)
          .filter(Mp4Samples.Sample::sync)
          .map(Mp4Samples.Sample::shownSeconds)
          .toList();
    }

    /** Where each segment starts, in seconds. */
    public List<Double> segmentStartSeconds() {
      return segments.stream().map(segment -> segment.getFirst().shownSeconds()).toList();
    }
  }

  /** Publishes a whole film with ffmpeg in real time, and waits until the recording is ready. */
  public static Recording ofFilm(StreamInfaServer server, SourceFilm film)
      throws IOException, InterruptedException {
    try (ApiClient api = server.api()) {
      ApiClient.LiveStream stream = api.createLive();
      Duration atMost = Duration.ofMillis(film.spec().durationMs()).plus(PUBLISH_SLACK);
      try (FfmpegExecutable.Publisher publisher =
          FfmpegExecutable.load().publish(film.flv(), stream.publishUrl())) {
        publisher.awaitSuccess(atMost);
      }
      return await(api, stream);
    }
  }

  /** Waits until an ended stream is a recording, and reads its playlists. */
  public static Recording await(ApiClient api, ApiClient.LiveStream stream)
      throws IOException, InterruptedException {
    api.awaitStatus(stream.id(), "ready", FINISH_TIMEOUT);
    return read(stream);
  }

  /** Reads the playlists and samples as they are now, of all variants that have a picture. */
  public static Recording read(ApiClient.LiveStream stream)
      throws IOException, InterruptedException {
    return read(stream.master());
  }

  /** The same of what a multivariant playlist at this address names. */
  public static Recording read(URI master) throws IOException, InterruptedException {
    HlsClient hls = new HlsClient();
    HlsClient.Multivariant multivariant = hls.multivariant(master);
    List<Rung> rungs = new ArrayList<>();
    for (HlsClient.Variant variant : multivariant.variants()) {
      if (!variant.attributes().containsKey("RESOLUTION")) {
        continue;
      }
      HlsClient.MediaPlaylist playlist = hls.media(variant.uri());
      rungs.add(new Rung(variant, playlist, hls.samples(playlist)));
    }
    return new Recording(hls, multivariant, rungs);
  }

  /** From the largest picture to the smallest. */
  public List<Rung> rungs() {
    return rungs.stream().sorted((a, b) -> b.variant().height() - a.variant().height()).toList();
  }

  public List<String> sizes() {
    return rungs().stream().map(Rung::size).toList();
  }

  public Optional<String> audioUrl(Rung rung) {
    return multivariant.audioOf(rung.variant()).map(audio -> audio.uri().toString());
  }

  public HlsClient.MediaPlaylist audioPlaylist(Rung rung) throws IOException, InterruptedException {
    return hls.media(multivariant.audioOf(rung.variant()).orElseThrow().uri());
  }

  /** Decodes a rung from its address, with its sound where it has one. */
  public DecodedRendition decode(Rung rung) throws IOException, InterruptedException {
    Optional<String> audio = audioUrl(rung);
    return new DecodedRendition(
        DecodedRendition.video(rung.url()),
        audio.isPresent() ? DecodedRendition.audio(audio.get()) : List.of());
  }

  /**
   * Decodes a rung stretch by stretch, one for each run of segments between discontinuities: what a
   * player does that sets up its decoder anew, and what ffmpeg's own HLS reader does not.
   */
  public List<DecodedRendition> decodeStretches(Rung rung)
      throws IOException, InterruptedException {
    List<List<HlsClient.Segment>> pictures = stretches(rung.playlist());
    List<List<HlsClient.Segment>> sounds =
        audioUrl(rung).isPresent() ? stretches(audioPlaylist(rung)) : List.of();
    if (!sounds.isEmpty() && sounds.size() != pictures.size()) {
      throw new IOException(
          pictures.size() + " stretches of pictures, yet " + sounds.size() + " of sound");
    }
    List<DecodedRendition> decoded = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Path picture = fileOf(pictures.get(i));
      Path sound = sounds.isEmpty() ? picture : fileOf(sounds.get(i));
      try {
        decoded.add(
            new DecodedRendition(
                DecodedRendition.video(picture.toString()),
                sounds.isEmpty() ? List.of() : DecodedRendition.audio(sound.toString())));
      } finally {
        Files.delete(picture);
        Files.deleteIfExists(sound);
      }
    }
    return List.copyOf(decoded);
  }

  private static List<List<HlsClient.Segment>> stretches(HlsClient.MediaPlaylist playlist) {
    List<List<HlsClient.Segment>> stretches = new ArrayList<>();
    for (HlsClient.Segment segment : playlist.segments()) {
      if (segment.discontinuity() || stretches.isEmpty()) {
        stretches.add(new ArrayList<>());
      }
      stretches.getLast().add(segment);
    }
    return stretches;
  }

  /** The stretch as one file, with its init segment. */
  private Path fileOf(List<HlsClient.Segment> stretch) throws IOException, InterruptedException {
    Path file = Files.createTempFile("stretch-", ".mp4");
    try (var out = Files.newOutputStream(file)) {
      out.write(hls.bytes(stretch.getFirst().map().orElseThrow()));
      for (HlsClient.Segment segment : stretch) {
        out.write(hls.bytes(segment.uri()));
      }
    }
    return file;
  }
}
