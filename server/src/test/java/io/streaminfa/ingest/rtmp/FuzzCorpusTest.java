package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Replays what coverage-guided fuzzing kept, because each of these inputs reaches code that no
 * earlier one did. {@code fuzz/NAME.hex} has one input a line; what a later run of Jazzer on the
 * same entry points finds is added there.
 */
class FuzzCorpusTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final MediaFuzz MEDIA = new MediaFuzz();

  /** Throws nothing, or the input has found a defect. */
  @FunctionalInterface
  private interface Entry {
    void feed(byte[] input) throws InterruptedException;
  }

  private static final Map<String, Entry> ENTRIES =
      Map.of(
          "rtmp", RtmpFuzzTest::fuzzerTestOneInput,
          "video-tags", MEDIA::videoTags,
          "audio-tags", MEDIA::audioTags,
          "sequence-parameter-sets", MEDIA::sequenceParameterSets,
          "decoder-configs", MEDIA::decoderConfigs,
          "audio-configs", MEDIA::audioConfigs,
          "nal-units", MEDIA::nalUnits);

  static final List<String> NAMES = ENTRIES.keySet().stream().sorted().toList();

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyInputGivesAValueOrATypedErrorInTime(String name) throws IOException {
    List<byte[]> corpus = corpus(name);
    assertThat(corpus).hasSizeGreaterThan(10);
    Entry entry = ENTRIES.getOrDefault(name, input -> Assertions.fail(name));
    Assertions.assertTimeout(
        LIMIT,
        () -> {
          for (byte[] input : corpus) {
            entry.feed(input);
          }
        });
  }

  private static List<byte[]> corpus(String name) throws IOException {
    try (InputStream in = FuzzCorpusTest.class.getResourceAsStream("/fuzz/" + name + ".hex")) {
      assertThat(in).as(name).isNotNull();
      Stream<String> lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines();
      return lines.map(HexFormat.of()::parseHex).toList();
    }
  }
}
