package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.media.CodecConfig;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.MediaSink;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import io.streaminfa.units.Timescale;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** Hands every tag on as a sample of an MP3 track, unread. */
final class TagDemuxer {
  private final MediaSink sink;
  private boolean started;

  TagDemuxer(MediaSink sink, IngestSettings settings, Consumer<String> defectCounter) {
    this.sink = sink;
  }

  void video(long timestampMs, ByteBuffer payload)
      throws MediaFormatException, InterruptedException {
    write(timestampMs, payload);
  }

  void audio(long timestampMs, ByteBuffer payload)
      throws MediaFormatException, InterruptedException {
    write(timestampMs, payload);
  }

  void metadata(Amf0Value value) throws MediaFormatException, InterruptedException {}

  void tick() throws MediaFormatException, InterruptedException {}

  void end(EndReason reason) throws InterruptedException {
    sink.end(reason);
  }

  private void write(long timestampMs, ByteBuffer payload)
      throws MediaFormatException, InterruptedException {
    if (!started) {
      started = true;
      sink.start(List.of(new Track(1, Timescale.MILLISECONDS, new CodecConfig.Mp3())));
    }
    sink.write(new Sample(1, timestampMs, timestampMs, true, payload));
  }
}
