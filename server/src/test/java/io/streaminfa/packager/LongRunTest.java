package io.streaminfa.packager;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Hours of samples: nothing drifts and nothing grows. */
final class LongRunTest {
  private static final long SEGMENT_TICKS = 540_000;
  private static final Rendition.Video NTSC =
      new Rendition.Video(
          "high",
          new Track(1, Timescale.VIDEO, new CodecConfig.Avc(Studio.bytes(Studio.AVC_720))),
          Bitrate.ofKbps(2000),
          Bitrate.ofKbps(2400),
          new Resolution(1280, 720),
          new FrameRate(30_000, 1001),
          "audio_128k");
  private static final Rendition.Audio CD = Studio.audio("audio_128k", 2, 44_100);

  private static List<CutRow> cut(double seconds) throws Exception {
    Epoch epoch = new Epoch(List.of(NTSC, CD), Map.of(), SEGMENT_TICKS);
    List<CutRow> rows = new ArrayList<>();
    new Feed(0)
        .video(NTSC, 0.6, false)
        .audio(CD, 0)
        .until(seconds, (Sample sample) -> rows.addAll(epoch.add(sample)));
    rows.addAll(epoch.end());
    return rows;
  }

  @Test
  void rules17And30And32TwoHoursOf2997AndOf44100HzDoNotDrift() throws Exception {
    List<CutRow> rows = cut(7200);
    assertThat(rows).hasSize(1200);
    long videoMicros = 0;
    long audioMicros = 0;
    CutSegment previousVideo = null;
    CutSegment previousAudio = null;
    for (CutRow row : rows) {
      CutSegment video = Studio.segment(row, "high");
      CutSegment audio = Studio.segment(row, "audio_128k");
      if (previousVideo != null && previousAudio != null) {
        assertThat(video.startTicks()).isEqualTo(previousVideo.endTicks());
        assertThat(audio.startTicks()).isEqualTo(previousAudio.endTicks());
      }
      // Half an AAC frame is 11.6 ms.
      assertThat(audio.startMicros() - video.startMicros()).isBetween(-11_700L, 11_700L);
      videoMicros += video.durationMicros();
      audioMicros += audio.durationMicros();
      previousVideo = video;
      previousAudio = audio;
    }
    assertThat(videoMicros).isBetween(7_200_000_000L - 34_000, 7_200_000_000L + 34_000);
    assertThat(audioMicros).isBetween(7_200_000_000L - 24_000, 7_200_000_000L + 24_000);
  }

  @Test
  void rules3And7And11TheWindowOfThousandsOfRows() {
    LiveWindow window = LiveWindow.EMPTY;
    long gone = 0;
    for (int number = 0; number < 5000; number++) {
      boolean discontinuity = number % 7 == 3;
      long micros = discontinuity ? 400_000 : 6_000_000;
      LiveWindow next =
          window.append(new ListedRow(number, discontinuity, 0, micros, Map.of()), 5, 18_100_000);
      for (ListedRow row : window.rows()) {
        gone += row.number() < next.mediaSequence() && row.discontinuity() ? 1 : 0;
      }
      window = next;
      assertThat(window.discontinuitySequence()).isEqualTo(gone);
      assertThat(window.rows().getLast().number()).isEqualTo(number);
      if (number > 4) {
        assertThat(window.durationMicros()).isGreaterThan(18_000_000);
        assertThat(window.rows()).hasSizeBetween(5, 6);
      }
    }
    assertThat(window.mediaSequence()).isEqualTo(4995);
  }

  @Test
  void aWindowOfTinyRowsIsBounded() {
    LiveWindow window = LiveWindow.EMPTY;
    for (int number = 0; number < 2000; number++) {
      window = window.append(new ListedRow(number, true, 0, 1000, Map.of()), 5, 18_000_000);
    }
    assertThat(window.rows()).hasSize(600);
  }
}
