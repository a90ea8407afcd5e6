package io.streaminfa.packager;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.media.Sample;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.FrameRate;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A file's packagers, one after the other on the same store, and what players see of them. */
final class VodStudio implements PackagerListener {
  final ShelfStore store = new ShelfStore();
  final List<String> heard = new CopyOnWriteArrayList<>();

  /** So much time passes between any two looks at the clock. */
  Duration pace = Duration.ofMinutes(1);

  private Instant now = Instant.EPOCH;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          now = now.plus(pace);
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PackagerServices services =
      new PackagerServices(
          new PackagingSettings(Duration.ofSeconds(6), 5, 7, Duration.ofMinutes(60), true),
          store,
          clock,
          new PackagerMetrics(registry, new ChannelMetrics(registry)),
          (key, after) -> {
            throw new AssertionError(key + " would expire");
          });

  /** As a process that has just started makes it. */
  VodPackager packager(List<Rendition> expected) {
    Set<String> names = expected.stream().map(Rendition::name).collect(Collectors.toSet());
    return new VodPackager(Studio.STREAM, names, rate(expected), this, services);
  }

  private static FrameRate rate(List<Rendition> renditions) {
    return renditions.stream()
        .filter(Rendition.Video.class::isInstance)
        .map(rendition -> ((Rendition.Video) rendition).frameRate())
        .findFirst()
        .orElseThrow();
  }

  /** Makes a chunk from one second to another, as the encoders would. */
  static List<VodSegment> chunk(
      VodPackager packager, List<? extends Rendition> renditions, double from, double to)
      throws Exception {
    VodChunkWriter writer = packager.begin(List.copyOf(renditions));
    for (Sample sample : samples(renditions, from, to)) {
      writer.write(sample);
    }
    return writer.end(ends(renditions, to));
  }

  static List<Sample> samples(List<? extends Rendition> renditions, double from, double to)
      throws InterruptedException {
    Feed feed = new Feed(from);
    for (Rendition rendition : renditions) {
      switch (rendition) {
        case Rendition.Video video -> feed.video(video, 0, true);
        case Rendition.Audio audio -> feed.audio(audio, 0);
      }
    }
    List<Sample> samples = new ArrayList<>();
    feed.until(to, samples::add);
    return samples;
  }

  /** Where the first sample behind the chunk would be. */
  static Map<Integer, Long> ends(List<? extends Rendition> renditions, double to) {
    Map<Integer, Long> ends = new HashMap<>();
    for (Rendition rendition : renditions) {
      double ticks =
          switch (rendition) {
            case Rendition.Video video -> 90_000 / video.frameRate().perSecond();
            case Rendition.Audio _ -> 1024;
          };
      double clock = rendition.track().timescale().ticksPerSecond();
      ends.put(rendition.track().id(), Math.round(Math.ceil(to * clock / ticks - 1e-9) * ticks));
    }
    return ends;
  }

  Optional<PlaylistView> playlist(String rendition) {
    return Optional.ofNullable(
            store.objects.get(ObjectKey.mediaPlaylist(Studio.STREAM.value(), rendition)))
        .map(PlaylistView::of);
  }

  Optional<String> multivariant() {
    return Optional.ofNullable(
            store.objects.get(ObjectKey.multivariantPlaylist(Studio.STREAM.value())))
        .map(text -> StandardCharsets.UTF_8.decode(text.duplicate()).toString());
  }

  ByteBuffer segment(String rendition, long number) {
    return Objects.requireNonNull(
        store.objects.get(ObjectKey.segment(Studio.STREAM.value(), rendition, number)),
        rendition + " " + number);
  }

  List<Mp4Reader.ReadSample> samples(String rendition, PlaylistView playlist) {
    return playlist.all().stream()
        .filter(entry -> !entry.gap())
        .flatMap(entry -> Mp4Reader.samples(segment(rendition, entry.number())).stream())
        .toList();
  }

  @Override
  public void playable() {
    heard.add("playable");
  }

  @Override
  public void segmentStored(String rendition, long number, int sizeBytes) {
    heard.add(rendition + " " + number);
  }

  @Override
  public void storageFailed(ObjectKey key, StorageException cause) {
    throw new AssertionError(key + ": a file's packager throws instead");
  }
}
