package io.streaminfa.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.stream.IngestType;
import io.streaminfa.stream.Stream;
import io.streaminfa.stream.StreamState;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDocumentTest {
  @Test
  void everyFieldOfAStreamInEveryStateComesBack() {
    EnumSet<StreamState> seen = EnumSet.noneOf(StreamState.class);
    for (long seed = 0; seed < 500; seed++) {
      Stream stream = StreamFixtures.random(seed);
      seen.add(stream.state());
      assertThat(StreamDocument.read(stream.id(), StreamDocument.write(stream)))
          .as("seed %d", seed)
          .isEqualTo(stream);
    }
    assertThat(seen).containsExactlyInAnyOrder(StreamState.values());
  }

  @Test
  void theStoredNamesAreThese() {
    assertThat(StreamDocument.write(StreamFixtures.pending(IngestType.UPLOAD)))
        .isEqualTo(
            "{\"ingest_type\":\"upload\",\"state\":\"pending\",\"publishing\":false,"
                + "\"record\":true,\"metadata\":\"{}\",\"created_at\":\"2026-03-01T10:00:00.123Z\","
                + "\"updated_at\":\"2026-03-01T10:00:00.123Z\",\"renditions\":[],"
                + "\"progress\":0.0}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"state", "publishing", "metadata", "renditions", "progress"})
  void whatIsMissingOrOfAnotherTypeIsNotGuessed(String field) {
    Stream stream = StreamFixtures.pending(IngestType.RTMP);
    ObjectNode document = (ObjectNode) Fields.parse(StreamDocument.write(stream)).object();
    for (String broken :
        List.of(
            document.deepCopy().putNull(field).toString(),
            document.deepCopy().put(field, -7).toString(),
            document.deepCopy().without(field).toString(),
            document.toString().substring(1),
            "[]")) {
      assertThatIllegalArgumentException()
          .as(broken)
          .isThrownBy(() -> StreamDocument.read(stream.id(), broken));
    }
  }
}
