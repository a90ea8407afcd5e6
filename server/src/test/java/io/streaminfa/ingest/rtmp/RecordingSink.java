package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Keeps what it is given, and holds the giver to the contract of {@link MediaSink}. */
final class RecordingSink implements MediaSink {
  final List<List<Track>> starts = new ArrayList<>();
  final List<Sample> samples = new ArrayList<>();
  final List<EndReason> ends = new ArrayList<>();
  private final Map<Integer, CodecConfig> configs = new HashMap<>();
  private final Map<Integer, Long> lastDts = new HashMap<>();

  @Override
  public void start(List<Track> tracks) {
    assertThat(ends).isEmpty();
    for (Track track : tracks) {
      CodecConfig known = configs.putIfAbsent(track.id(), track.config());
      assertThat(known == null || known.equals(track.config())).isTrue();
      assertThat(track.timescale().ticksPerSecond()).isEqualTo(1_000);
    }
    starts.add(tracks);
  }

  @Override
  public void write(Sample sample) {
    assertThat(ends).isEmpty();
    assertThat(tracks()).anyMatch(track -> track.id() == sample.trackId());
    assertThat(sample.data().hasRemaining()).isTrue();
    Long last = lastDts.put(sample.trackId(), sample.dtsTicks());
    if (last == null && isVideo(sample)) {
      assertThat(sample.sync()).isTrue();
    }
    assertThat(last == null || last < sample.dtsTicks()).isTrue();
    samples.add(sample);
  }

  @Override
  public void end(EndReason reason) {
    ends.add(reason);
    assertThat(ends).hasSize(1);
  }

  List<Track> tracks() {
    return starts.getLast();
  }

  private boolean isVideo(Sample sample) {
    return Objects.requireNonNull(configs.get(sample.trackId())).isVideo();
  }

  List<Sample> video() {
    return samples.stream().filter(sample -> isVideo(sample)).toList();
  }

  List<Sample> audio() {
    return samples.stream().filter(sample -> !isVideo(sample)).toList();
  }
}
