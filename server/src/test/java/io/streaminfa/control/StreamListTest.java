package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.stream.StreamId;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pages of GET /api/v1/streams. */
@Timeout(60)
class StreamListTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dataDir;
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ControlServer(dataDir, "", List.of());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aListGoesThroughAllPagesNewestFirst() throws Exception {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.addFirst(StreamsApiTest.make(server).value());
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      HttpResponse<String> page = server.get("/api/v1/streams?limit=2" + cursor);
      assertThat(page.statusCode()).isEqualTo(200);
      JsonNode body = JSON.readTree(page.body());
      assertThat(body.get("total").longValue()).isEqualTo(5);
      body.get("streams").forEach(stream -> listed.add(stream.get("stream_id").textValue()));
      JsonNode next = body.get("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.textValue();
      pages++;
    } while (!cursor.isEmpty() && pages < 10);
    assertThat(pages).isEqualTo(3);
    assertThat(listed).containsExactlyInAnyOrderElementsOf(made).doesNotHaveDuplicates();
    assertThat(listed).isSortedAccordingTo((a, b) -> b.compareTo(a));
  }

  @Test
  void aListIsFiltered() throws Exception {
    StreamsApiTest.make(server);
    StreamId live = StreamsApiTest.make(server);
    server.streams.markLive(live);
    server.json("POST", "/api/v1/streams", "{\"ingest_type\":\"upload\"}");
    assertThat(listed(server, "?status=live")).containsExactly(live.value());
    assertThat(listed(server, "?ingest_type=rtmp")).hasSize(2);
    assertThat(listed(server, "?status=pending&ingest_type=upload")).hasSize(1);
    server.streams.delete(live);
    assertThat(listed(server, "")).hasSize(2);
    assertThat(listed(server, "?status=deleted")).containsExactly(live.value());
  }

  @Test
  void whatAListDoesNotKnowIsRefused() throws Exception {
    for (String query :
        List.of(
            "limit=0",
            "limit=201",
            "limit=x",
            "limit=",
            "limit=99999999999",
            "status=gone",
            "cursor=xyz",
            "ingest_type=srt",
            "limit=1&limit=2")) {
      StreamsApiTest.assertProblem(
          server.get("/api/v1/streams?" + query), 400, "invalid_parameter");
    }
    StreamsApiTest.assertProblem(
        server.get("/api/v1/streams?statuss=live"), 400, "unknown_parameter");
  }

  static List<String> listed(ControlServer server, String query) throws Exception {
    JsonNode body = JSON.readTree(server.get("/api/v1/streams" + query).body());
    List<String> ids = new ArrayList<>();
    body.get("streams").forEach(stream -> ids.add(stream.get("stream_id").textValue()));
    assertThat(body.get("total").intValue()).isEqualTo(ids.size());
    return ids;
  }
}
