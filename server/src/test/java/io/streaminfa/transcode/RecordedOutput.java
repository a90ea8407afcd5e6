package io.streaminfa.transcode;

import io.streaminfa.media.Sample;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Keeps all that a transcode says. */
final class RecordedOutput implements TranscodeOutput {
  static final TranscodeFailure NONE = new TranscodeFailure("", "", false);

  final List<Rendition> renditions = new CopyOnWriteArrayList<>();
  final List<Sample> samples = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
  final CompletableFuture<SourceInfo> source = new CompletableFuture<>();
  final CompletableFuture<Long> firstSampleNanos = new CompletableFuture<>();
  private final CompletableFuture<TranscodeFailure> end = new CompletableFuture<>();

  @Override
  public void renditions(SourceInfo info, List<Rendition> planned) {
    renditions.addAll(planned);
    source.complete(info);
  }

  @Override
  public void encoded(Sample sample) {
    samples.add(sample);
    firstSampleNanos.complete(System.nanoTime());
  }

  @Override
  public void ended() {
    if (!end.complete(NONE)) {
      throw new IllegalStateException("ended twice");
    }
  }

  @Override
  public void failed(TranscodeFailure failure) {
    if (!end.complete(failure)) {
      throw new IllegalStateException("ended twice");
    }
  }

  /** {@link #NONE} after an orderly end. */
  TranscodeFailure awaitEnd() throws Exception {
    return end.get(60, TimeUnit.SECONDS);
  }

  boolean isEnded() {
    return end.isDone();
  }

  List<Sample> of(Rendition rendition) {
    synchronized (samples) {
      return samples.stream().filter(sample -> sample.trackId() == rendition.track().id()).toList();
    }
  }

  List<Rendition.Video> videos() {
    return renditions.stream()
        .filter(Rendition.Video.class::isInstance)
        .map(Rendition.Video.class::cast)
        .toList();
  }

  List<Rendition.Audio> audios() {
    return renditions.stream()
        .filter(Rendition.Audio.class::isInstance)
        .map(Rendition.Audio.class::cast)
        .toList();
  }

  String names() {
    return renditions.stream().map(Rendition::name).collect(Collectors.joining(" "));
  }

  List<Long> syncTimes(Rendition rendition) {
    return of(rendition).stream().filter(Sample::sync).map(Sample::ptsTicks).toList();
  }

  List<Long> presentationTimes(Rendition rendition) {
    return of(rendition).stream().map(Sample::ptsTicks).sorted().toList();
  }
}
