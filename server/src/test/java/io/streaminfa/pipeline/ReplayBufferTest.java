package io.streaminfa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplayBufferTest {
  private static final int VIDEO = 1;
  private static final int AUDIO = 2;

  private final ReplayBuffer buffer = new ReplayBuffer();

  @Test
  void nothingIsKeptBeforeTheFirstKeyFrame() throws Exception {
    add(AUDIO, 0, true);
    add(VIDEO, 0, false);
    assertThat(replayed()).isEmpty();
  }

  @Test
  void audioAndVideoAreReplayedInTheOrderInWhichTheyCame() throws Exception {
    add(VIDEO, 0, true);
    add(AUDIO, 5, true);
    add(VIDEO, 40, false);
    assertThat(replayed()).containsExactly("v0", "a5", "v40");
  }

  @Test
  void aGroupIsKeptWhileSomeOfItsPicturesWereNotDelivered() throws Exception {
    add(VIDEO, 0, true);
    add(VIDEO, 1000, true);
    add(VIDEO, 2000, true);
    buffer.trimTo(1999);
    assertThat(replayed()).containsExactly("v1000", "v2000");
    buffer.trimTo(2000);
    assertThat(replayed()).containsExactly("v2000");
    buffer.trimTo(9000);
    assertThat(replayed()).containsExactly("v2000");
  }

  @Test
  void aSourceWithoutKeyFramesCannotFillTheMemory() throws Exception {
    byte[] megabyte = new byte[1 << 20];
    buffer.add(new Sample(VIDEO, 0, 0, true, ByteBuffer.wrap(megabyte)), true);
    for (int i = 1; i < 200; i++) {
      buffer.add(new Sample(VIDEO, i, i, false, ByteBuffer.wrap(megabyte)), true);
      assertThat(buffer.sizeBytes()).isLessThanOrEqualTo(ReplayBuffer.MAX_BYTES);
    }
    assertThat(replayed()).isEmpty();
  }

  private void add(int track, long pts, boolean sync) {
    buffer.add(new Sample(track, pts, pts, sync, ByteBuffer.wrap(new byte[10])), track == VIDEO);
  }

  private List<String> replayed() throws Exception {
    List<String> seen = new ArrayList<>();
    buffer.replayTo(
        new MediaSink() {
          @Override
          public void start(List<Track> tracks) {}

          @Override
          public void write(Sample sample) {
            seen.add((sample.trackId() == VIDEO ? "v" : "a") + sample.ptsTicks());
          }

          @Override
          public void end(EndReason reason) {}
        });
    return seen;
  }
}
