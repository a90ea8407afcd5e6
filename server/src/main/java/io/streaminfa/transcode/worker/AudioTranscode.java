package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.EncodedRange;
import io.streaminfa.transcode.LadderPlan;
import io.streaminfa.transcode.MediaProbe;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.VodPlan;
import io.streaminfa.transcode.WorkerMessage;
import io.streaminfa.units.Timescale;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * A file's whole audio on the timeline that begins at its first picture: what is before that is
 * cut, gaps and the ends are filled with silence.
 */
final class AudioTranscode implements AutoCloseable {
  /** A day: no gap of a file that is let in is longer, so the track has no hole. */
  private static final int MAX_SILENCE_SECONDS = 86_400;

  private final WorkerMessage.EncodeAudio request;
  private final Outlet outlet;
  private final Vitals vitals;
  private final int index;
  private final StreamClock clock;
  private final Timescale outputClock;
  private final MediaFile file;
  private final AudioChain chain = new AudioChain(MAX_SILENCE_SECONDS);

  AudioTranscode(WorkerMessage.EncodeAudio request, Outlet outlet, Vitals vitals)
      throws WorkerFailure {
    MediaProbe probe = request.plan().probe();
    this.request = request;
    this.outlet = outlet;
    this.vitals = vitals;
    this.index =
        probe
            .audio()
            .map(MediaProbe.Audio::index)
            .orElseThrow(() -> new WorkerFailure("worker_protocol", "a plan without audio", false));
    this.clock = new StreamClock(probe.video().clock());
    this.outputClock = new Timescale(request.plan().ladder().audios().getFirst().sampleRate());
    this.file = MediaFile.open(request.path(), vitals);
  }

  void run() throws WorkerFailure, IOException, InterruptedException {
    vitals.begin();
    long errors;
    try {
      begin();
      file.readOnly(List.of(index));
      try (PacketDecoder decoder = file.openDecoder(index);
          Packet packet = new Packet()) {
        while (file.read(packet.get())) {
          if (packet.get().stream_index() == index) {
            decoder.send(packet.get(), this::sound);
          }
          packet.unref();
          vitals.step();
        }
        decoder.send(null, this::sound);
        errors = decoder.errors();
      }
      chain.fillUntil(request.endTicks());
      chain.finish();
      vitals.decodeErrors(errors);
    } finally {
      vitals.done();
    }
    outlet.send(new WorkerMessage.Covered(new EncodedRange(0, request.endTicks(), errors)));
  }

  private void begin() throws WorkerFailure, IOException, InterruptedException {
    VodPlan plan = request.plan();
    long end = Timescale.VIDEO.convert(request.endTicks(), outputClock);
    List<AudioRung> rungs = new ArrayList<>();
    List<Rendition> renditions = new ArrayList<>();
    for (LadderPlan.Audio audio : plan.ladder().audios()) {
      AudioRung rung =
          AudioRung.open(
              audio, plan.audioTrackId(rungs.size()), new AudioRung.Span(0, end), outlet);
      rungs.add(rung);
      renditions.add(rung.rendition());
    }
    outlet.send(new WorkerMessage.Opened(renditions));
    chain.begin(rungs, outputClock.ticksPerSecond(), 0);
  }

  private void sound(AVFrame frame) throws WorkerFailure, InterruptedException {
    vitals.step();
    long pts = frame.best_effort_timestamp();
    if (pts != avutil.AV_NOPTS_VALUE()) {
      AVRational timeBase = file.stream(index).time_base();
      long position = clock.convert(pts, timeBase, outputClock);
      // Nobody hears what is behind the last picture, and a wild time would be a wild silence.
      if (position >= Timescale.VIDEO.convert(request.endTicks(), outputClock)) {
        return;
      }
      frame.best_effort_timestamp(position);
    }
    chain.push(frame, outputClock);
  }

  @Override
  public void close() {
    chain.close();
    file.close();
  }
}
