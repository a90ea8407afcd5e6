package io.streaminfa.packager;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.media.mp4.Mp4Reader;
import io.streaminfa.observability.ChannelMetrics;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A packager with everything around it, and players that look at what it published. */
final class Studio implements PackagerListener, AutoCloseable {
  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final StreamId STREAM = new StreamId("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");

  /** x264, main profile, level 3.1, 1280x720. */
  static final String AVC_720 =
      "014d401fffe10019674d401feca02802dd8088000003000800000301e078c18cb001000468efbc80";

  /** x264, main profile, level 3.0, 640x360. */
  static final String AVC_360 =
      "014d401effe10018674d401eeca05017fcb80880000003008000001e078b16cb01000468efbc80";

  /** AAC-LC, stereo, 48 kHz and 44.1 kHz. */
  static final String AAC_48 = "1190";

  static final String AAC_44 = "1210";

  final ShelfStore store = new ShelfStore();
  final PrometheusRegistry registry = new PrometheusRegistry();
  final Map<ObjectKey, Instant> expiring = new LinkedHashMap<>();
  final List<String> heard = new CopyOnWriteArrayList<>();
  final LivePackagers packagers;
  final LivePackager packager;

  Studio(boolean record) {
    PackagingSettings settings =
        new PackagingSettings(Duration.ofSeconds(6), 5, 7, Duration.ofMinutes(60), true);
    packagers =
        new LivePackagers(
            new PackagerServices(
                settings,
                store,
                Clock.fixed(NOON, ZoneOffset.UTC),
                new PackagerMetrics(registry, new ChannelMetrics(registry)),
                expiring::put));
    packager = packagers.open(STREAM, () -> record, this);
  }

  static Rendition.Video high(int trackId) {
    return video("high", trackId, AVC_720, new Resolution(1280, 720), "audio_128k");
  }

  static Rendition.Video low(int trackId) {
    return video("low", trackId, AVC_360, new Resolution(640, 360), "audio_96k");
  }

  static Rendition.Video video(
      String name, int trackId, String avcC, Resolution size, String audio) {
    return new Rendition.Video(
        name,
        new Track(trackId, Timescale.VIDEO, new CodecConfig.Avc(bytes(avcC))),
        Bitrate.ofKbps(2000),
        Bitrate.ofKbps(2400),
        size,
        new FrameRate(30, 1),
        audio);
  }

  static Rendition.Audio audio(String name, int trackId, int rate) {
    return new Rendition.Audio(
        name,
        new Track(
            trackId,
            new Timescale(rate),
            new CodecConfig.Aac(bytes(rate == 48_000 ? AAC_48 : AAC_44))),
        Bitrate.ofKbps(128),
        rate,
        2);
  }

  static ByteBuffer bytes(String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
  }

  static CutSegment segment(CutRow row, String rendition) {
    return Objects.requireNonNull(row.segments().get(rendition), rendition);
  }

  static Anchor anchor() {
    return new Anchor(0, NOON);
  }

  /** How full the queue to the store is; empty when the stream has no such series. */
  OptionalDouble queueUtilization() {
    return samples("streaminfa_channel_utilization")
        .map(GaugeSnapshot.class::cast)
        .flatMap(gauge -> gauge.getDataPoints().stream())
        .filter(
            point ->
                "packager_storage".equals(point.getLabels().get("channel_name"))
                    && STREAM.value().equals(point.getLabels().get("stream_id")))
        .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .findFirst();
  }

  /** All series of a counter together. */
  double counted(String name) {
    return samples(name)
        .map(CounterSnapshot.class::cast)
        .flatMap(counter -> counter.getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private Stream<MetricSnapshot> samples(String name) {
    return registry.scrape().stream().filter(metric -> metric.getMetadata().getName().equals(name));
  }

  PlaylistView playlist(String rendition) {
    ObjectKey key = ObjectKey.mediaPlaylist(STREAM.value(), rendition);
    return PlaylistView.of(packagers.playlist(key).orElseThrow().text());
  }

  String multivariant() {
    ObjectKey key = ObjectKey.multivariantPlaylist(STREAM.value());
    return StandardCharsets.UTF_8
        .decode(packagers.playlist(key).orElseThrow().text().duplicate())
        .toString();
  }

  ByteBuffer stored(String rendition, String uri) {
    ObjectKey key = new ObjectKey(STREAM.value() + "/" + rendition + "/" + uri);
    return Objects.requireNonNull(store.objects.get(key), uri);
  }

  /** The samples of a playlist's segments, segment by segment. */
  List<List<Mp4Reader.ReadSample>> segments(String rendition, PlaylistView playlist) {
    List<List<Mp4Reader.ReadSample>> segments = new ArrayList<>();
    for (PlaylistView.Entry entry : playlist.all()) {
      segments.add(entry.gap() ? List.of() : Mp4Reader.samples(stored(rendition, entry.uri())));
    }
    return segments;
  }

  void write(Sample sample) throws InterruptedException {
    packager.write(sample);
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
    heard.add("failed " + key.value().substring(STREAM.value().length() + 1));
  }

  @Override
  public void close() {
    packagers.close();
  }
}
