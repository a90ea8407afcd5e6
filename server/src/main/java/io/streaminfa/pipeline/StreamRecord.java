package io.streaminfa.pipeline;

import io.streaminfa.stream.StreamException;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.SourceInfo;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry hears of one pipeline. It refuses what a deletion has overtaken; that is not
 * the pipeline's failure.
 */
final class StreamRecord {
  private static final Logger log = LoggerFactory.getLogger(StreamRecord.class);

  private final StreamId id;
  private final StreamRegistry registry;

  StreamRecord(StreamId id, StreamRegistry registry) {
    this.id = id;
    this.registry = registry;
  }

  void live() {
    tell(() -> registry.markLive(id));
  }

  void describe(SourceInfo source, List<Rendition> renditions) {
    tell(
        () ->
            registry.describe(
                id,
                StreamDescriptions.mediaInfo(source),
                StreamDescriptions.renditions(renditions)));
  }

  void publisherLost() {
    tell(() -> registry.publisherLost(id));
  }

  void publisherBack() {
    tell(() -> registry.publisherBack(id));
  }

  void processing() {
    tell(() -> registry.processing(id));
  }

  void ready(Duration duration) {
    tell(() -> registry.ready(id, duration));
  }

  void failed(String code, String message) {
    tell(() -> registry.fail(id, code, message));
  }

  private static void tell(Change change) {
    try {
      change.make();
    } catch (StreamException e) {
      log.warn("the stream's state did not follow: {}", e.getMessage());
    }
  }

  @FunctionalInterface
  private interface Change {
    void make() throws StreamException;
  }
}
