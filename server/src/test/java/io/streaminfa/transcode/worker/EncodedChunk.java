package io.streaminfa.transcode.worker;

import io.streaminfa.media.Sample;
import io.streaminfa.transcode.EncodedRange;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.transcode.WorkerMessage;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** All that a transcode of a file says, kept. */
record EncodedChunk(List<Rendition> renditions, List<Sample> samples, EncodedRange range) {
  private static final class Recorder implements Outlet {
    private final List<Rendition> renditions = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private EncodedRange range = new EncodedRange(-1, -1, -1);

    @Override
    public synchronized void send(WorkerMessage message) {
      if (message instanceof WorkerMessage.Opened opened) {
        renditions.addAll(opened.renditions());
      } else if (message instanceof WorkerMessage.Encoded(Sample sample)) {
        ByteBuffer copy = ByteBuffer.allocate(sample.sizeBytes());
        copy.put(sample.data().duplicate()).flip();
        samples.add(
            new Sample(
                sample.trackId(), sample.dtsTicks(), sample.ptsTicks(), sample.sync(), copy));
      } else if (message instanceof WorkerMessage.Covered covered) {
        range = covered.range();
      }
    }

    private synchronized EncodedChunk all() {
      return new EncodedChunk(renditions, samples, range);
    }
  }

  static EncodedChunk video(Path file, VodPlan plan, long start, long end) throws Exception {
    Recorder recorder = new Recorder();
    var request = new WorkerMessage.EncodeChunk(file.toString(), plan, start, end, 1);
    try (ChunkTranscode chunk = new ChunkTranscode(request, recorder, new Vitals())) {
      chunk.run();
    }
    return recorder.all();
  }

  static EncodedChunk audio(Path file, VodPlan plan, long end) throws Exception {
    Recorder recorder = new Recorder();
    var request = new WorkerMessage.EncodeAudio(file.toString(), plan, end);
    try (AudioTranscode audio = new AudioTranscode(request, recorder, new Vitals())) {
      audio.run();
    }
    return recorder.all();
  }

  List<Sample> of(int trackId) {
    return samples.stream().filter(sample -> sample.trackId() == trackId).toList();
  }

  List<Long> times(int trackId) {
    return of(trackId).stream().map(Sample::ptsTicks).sorted().toList();
  }

  List<Long> decodingTimes(int trackId) {
    return of(trackId).stream().map(Sample::dtsTicks).toList();
  }

  List<Long> syncTimes(int trackId) {
    return of(trackId).stream().filter(Sample::sync).map(Sample::ptsTicks).toList();
  }

  @Override
  public String toString() {
    return Objects.toString(range);
  }
}
