package io.streaminfa.pipeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.units.Resolution;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code metadata.json} says beside a recording, to those who have the store and not the API;
 * the fields are named as there.
 *
 * @param createdAt ISO 8601, UTC
 */
record RecordingDescription(
    String streamId, String createdAt, double durationSecs, List<Rung> renditions) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /**
   * @param width null for sound, as is the height
   * @param bitrate bits per second
   */
  record Rung(String name, @Nullable Integer width, @Nullable Integer height, long bitrate) {
    static Rung of(StreamRendition rendition) {
      return new Rung(
          rendition.name(),
          rendition.size().map(Resolution::width).orElse(null),
          rendition.size().map(Resolution::height).orElse(null),
          rendition.bitrate().bitsPerSecond());
    }
  }

  static RecordingDescription of(Stream stream, Duration duration) {
    return new RecordingDescription(
        stream.id().value(),
        stream.createdAt().toString(),
        duration.toMillis() / 1000.0,
        stream.renditions().stream().map(Rung::of).toList());
  }

  ByteBuffer json() {
    try {
      return ByteBuffer.wrap(MAPPER.writeValueAsBytes(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a document of our own cannot be written", e);
    }
  }
}
