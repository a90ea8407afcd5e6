package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.storage.StorageException;
import io.streaminfa.stream.MediaInfo;
import io.streaminfa.stream.PublishTarget;
import io.streaminfa.stream.StreamId;
import io.streaminfa.stream.StreamRendition;
import io.streaminfa.units.Bitrate;
import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamsApiTest {
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
  void aLiveStreamIsMadeAndItsKeyShownOnce() throws Exception {
    HttpResponse<String> made =
        server.json(
            "POST",
            "/api/v1/streams",
            "{\"ingest_type\":\"rtmp\",\"metadata\":{\"title\":\"Ä\"},\"record\":false}");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode body = JSON.readTree(made.body());
    assertThat(names(body))
        .containsExactly(
            "stream_id",
            "status",
            "ingest_type",
            "stream_key",
            "rtmp_url",
            "playback_url",
            "watch_url",
            "created_at");
    String base = "http://127.0.0.1:" + server.port();
    String id = body.get("stream_id").textValue();
    String key = body.get("stream_key").textValue();
    assertThat(made.headers().firstValue("Location")).contains(base + "/api/v1/streams/" + id);
    assertThat(body.get("status").textValue()).isEqualTo("pending");
    assertThat(key).matches("sk_[A-Za-z0-9_-]{43}");
    assertThat(body.get("rtmp_url").textValue()).isEqualTo("rtmp://127.0.0.1:1935/live/" + key);
    assertThat(body.get("playback_url").textValue())
        .isEqualTo(base + "/streams/" + id + "/master.m3u8");
    assertThat(body.get("watch_url").textValue()).isEqualTo(base + "/watch/" + id);
    assertThat(body.get("created_at").textValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(server.streams.resolveForPublish(key)).isInstanceOf(PublishTarget.Open.class);

    HttpResponse<String> got = server.get("/api/v1/streams/" + id);
    assertThat(got.statusCode()).isEqualTo(200);
    assertThat(got.body()).doesNotContain(key).doesNotContain("key");
    JsonNode details = JSON.readTree(got.body());
    assertThat(details.get("metadata").get("title").textValue()).isEqualTo("Ä");
    assertThat(details.get("record").booleanValue()).isFalse();
    assertThat(details.get("media_info").isNull()).isTrue();
    assertThat(details.get("progress").isNull()).isTrue();
  }

  @Test
  void anUploadStreamHasNoKey() throws Exception {
    HttpResponse<String> made =
        server.json("POST", "/api/v1/streams", "{\"ingest_type\":\"upload\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode body = JSON.readTree(made.body());
    assertThat(names(body)).doesNotContain("stream_key", "rtmp_url");
    JsonNode details =
        JSON.readTree(server.get("/api/v1/streams/" + body.get("stream_id").textValue()).body());
    assertThat(details.get("progress").doubleValue()).isZero();
  }

  @Test
  void everyDetailOfAStreamIsShown() throws Exception {
    StreamId id = make();
    server.streams.markLive(id);
    server.streams.describe(
        id,
        new MediaInfo(
            Optional.of(
                new MediaInfo.Video(
                    "h264", new Resolution(1920, 1080), new FrameRate(30_000, 1001))),
            Optional.of(new MediaInfo.Audio("aac", 48_000, 2))),
        List.of(
            new StreamRendition(
                "high",
                Optional.of(new Resolution(1920, 1080)),
                Bitrate.ofKbps(3500),
                0,
                StreamRendition.Status.ACTIVE),
            new StreamRendition(
                "audio_128k",
                Optional.empty(),
                Bitrate.ofKbps(128),
                0,
                StreamRendition.Status.ACTIVE)));
    server.streams.segmentProduced(id, "high");
    server.streams.processing(id);
    server.streams.ready(id, Duration.ofMillis(12_345));
    ObjectNode details = (ObjectNode) JSON.readTree(server.get("/api/v1/streams/" + id).body());
    details.remove(List.of("created_at", "updated_at", "playback_url", "watch_url"));
    assertThat(details)
        .isEqualTo(
            JSON.readTree(
                """
                {"stream_id": "%s", "status": "ready", "ingest_type": "rtmp",
                 "publishing": false, "record": true, "metadata": {},
                 "media_info": {
                   "video": {"codec": "h264", "width": 1920, "height": 1080, "frame_rate": 29.97},
                   "audio": {"codec": "aac", "sample_rate": 48000, "channels": 2}},
                 "renditions": [
                   {"name": "high", "width": 1920, "height": 1080, "bitrate": 3500000,
                    "segments_produced": 1, "status": "complete"},
                   {"name": "audio_128k", "width": null, "height": null, "bitrate": 128000,
                    "segments_produced": 0, "status": "complete"}],
                 "progress": null, "estimated_remaining_secs": null, "duration_secs": 12.345, "error": null}
                """
                    .formatted(id)));
  }

  @Test
  void aStreamThatIsProcessedShowsHowLongThatTakesYet() throws Exception {
    StreamId id = make();
    server.streams.markLive(id);
    server.streams.processing(id);
    assertThat(remaining(id).isNull()).isTrue();

    server.streams.progress(id, 0.25, Optional.of(Duration.ofMillis(61_001)));
    assertThat(remaining(id).asLong()).isEqualTo(62);

    server.streams.ready(id, Duration.ofMinutes(2));
    assertThat(remaining(id).isNull()).isTrue();
  }

  private JsonNode remaining(StreamId id) throws Exception {
    return JSON.readTree(server.get("/api/v1/streams/" + id).body())
        .path("estimated_remaining_secs");
  }

  @Test
  void aFailedStreamShowsItsCode() throws Exception {
    StreamId id = make();
    server.streams.fail(id, "key_frame_timeout", "no key frame within 10 s");
    JsonNode error = JSON.readTree(server.get("/api/v1/streams/" + id).body()).get("error");
    assertThat(error.get("code").textValue()).isEqualTo("key_frame_timeout");
    assertThat(error.get("message").textValue()).isEqualTo("no key frame within 10 s");
  }

  @Test
  void metadataAndRecordAreChanged() throws Exception {
    String path = "/api/v1/streams/" + make();
    HttpResponse<String> patched =
        server.json("PATCH", path, "{\"metadata\":{\"a\":[1,{\"b\":null}]},\"record\":false}");
    assertThat(patched.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(patched.body()).get("metadata"))
        .isEqualTo(JSON.readTree("{\"a\":[1,{\"b\":null}]}"));
    HttpResponse<String> recordOnly = server.json("PATCH", path, "{\"record\":true}");
    assertThat(JSON.readTree(recordOnly.body()).get("metadata").has("a")).isTrue();
    assertThat(JSON.readTree(recordOnly.body()).get("record").booleanValue()).isTrue();
  }

  @Test
  void recordOfALiveStreamIsNotChanged() throws Exception {
    StreamId id = make();
    String path = "/api/v1/streams/" + id;
    server.streams.markLive(id);
    assertProblem(server.json("PATCH", path, "{\"record\":false}"), 409, "stream_already_live");
    assertThat(JSON.readTree(server.get(path).body()).get("record").booleanValue()).isTrue();
    assertThat(server.json("PATCH", path, "{\"record\":true}").statusCode()).isEqualTo(200);
    assertThat(server.json("PATCH", path, "{\"metadata\":{}}").statusCode()).isEqualTo(200);
  }

  @Test
  void aKeyIsRotatedAndTheOldOneIsWorthless() throws Exception {
    JsonNode made =
        JSON.readTree(server.json("POST", "/api/v1/streams", "{\"ingest_type\":\"rtmp\"}").body());
    String id = made.get("stream_id").textValue();
    HttpResponse<String> rotated = server.post("/api/v1/streams/" + id + "/rotate-key");
    assertThat(rotated.statusCode()).isEqualTo(200);
    JsonNode body = JSON.readTree(rotated.body());
    assertThat(names(body)).containsExactly("stream_id", "stream_key", "rtmp_url", "rotated_at");
    assertThat(server.streams.findByKey(made.get("stream_key").textValue())).isEmpty();
    assertThat(server.streams.findByKey(body.get("stream_key").textValue())).isPresent();
  }

  @Test
  void aKeyOfTheSettingsIsNotRotatedHere() throws Exception {
    PublishTarget.Open open =
        (PublishTarget.Open) server.streams.resolveForPublish(ControlServer.SETTINGS_KEY);
    assertProblem(
        server.post("/api/v1/streams/" + open.stream().id() + "/rotate-key"),
        409,
        "key_from_settings");
  }

  @Test
  void aLiveStreamIsStopped() throws Exception {
    StreamId id = make();
    String path = "/api/v1/streams/" + id + "/stop";
    assertProblem(server.post(path), 409, "stream_not_live");
    server.streams.markLive(id);
    HttpResponse<String> stopping = server.post(path);
    assertThat(stopping.statusCode()).isEqualTo(202);
    assertThat(JSON.readTree(stopping.body()).get("stream_id").textValue()).isEqualTo(id.value());
    assertThat(server.actions.calls).containsExactly("stop " + id);
    server.actions.running = false;
    assertProblem(server.post(path), 409, "stream_not_live");
  }

  @Test
  void aStreamIsDeletedWithItsObjectsAndItsRecordStays() throws Exception {
    StreamId id = make();
    HttpResponse<String> deleted = server.send(server.asAdmin("/api/v1/streams/" + id).DELETE());
    assertThat(deleted.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(deleted.body()))
        .isEqualTo(
            JSON.readTree(
                """
                {"stream_id": "%s", "status": "deleted", "segments_deleted": 42,
                 "storage_freed_bytes": 1000000}
                """
                    .formatted(id)));
    assertThat(server.actions.calls).containsExactly("delete " + id + " on a virtual thread: true");
    assertThat(JSON.readTree(server.get("/api/v1/streams/" + id).body()).get("status").textValue())
        .isEqualTo("deleted");
    assertProblem(server.json("PATCH", "/api/v1/streams/" + id, "{}"), 409, "stream_deleted");
    assertProblem(server.post("/api/v1/streams/" + id + "/rotate-key"), 409, "stream_deleted");
  }

  @Test
  void aDeletionThatStorageFailedCanBeRepeated() throws Exception {
    StreamId id = make();
    server.actions.storageFailure = Optional.of(StorageException.Kind.UNAVAILABLE);
    HttpResponse<String> failed = server.send(server.asAdmin("/api/v1/streams/" + id).DELETE());
    assertProblem(failed, 503, "storage_unavailable");
    assertThat(failed.body()).doesNotContain("bucket-name");
    server.actions.storageFailure = Optional.empty();
    assertThat(server.send(server.asAdmin("/api/v1/streams/" + id).DELETE()).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aStreamThatIsNotThereIs404OnEveryRoute() throws Exception {
    for (String id : List.of("0190a0b0-0000-7000-8000-000000000000", "nonsense", "%20")) {
      String path = "/api/v1/streams/" + id;
      assertProblem(server.get(path), 404, "stream_not_found");
      assertProblem(server.json("PATCH", path, "{}"), 404, "stream_not_found");
      assertProblem(server.send(server.asAdmin(path).DELETE()), 404, "stream_not_found");
      assertProblem(server.post(path + "/stop"), 404, "stream_not_found");
      assertProblem(server.post(path + "/rotate-key"), 404, "stream_not_found");
    }
  }

  @Test
  void bodiesThatAreNotAsDocumentedAreRefusedByName() throws Exception {
    String big =
        "{\"ingest_type\":\"rtmp\",\"metadata\":{\"x\":" + "[".repeat(40) + "]".repeat(40) + "}}";
    String[][] table = {
      {"", "invalid_body"},
      {"null", "invalid_body"},
      {"{", "malformed_json"},
      {"{\"ingest_type\":\"rtmp\"} x", "malformed_json"},
      {"{\"ingest_type\":\"rtmp\",\"ingest_type\":\"rtmp\"}", "malformed_json"},
      {"[]", "invalid_body"},
      {"\"rtmp\"", "invalid_body"},
      {"{} {}", "invalid_body"},
      {"{\"ingest_type\":\"rtmp\",\"metadata\":{\"a\":]}}", "malformed_json"},
      {"{}", "missing_field"},
      {"{\"ingest_type\":null}", "missing_field"},
      {"{\"ingest_type\":\"srt\"}", "invalid_field"},
      {"{\"ingest_type\":5}", "invalid_field"},
      {"{\"ingest_type\":\"rtmp\",\"record\":\"true\"}", "invalid_field"},
      {"{\"ingest_type\":\"rtmp\",\"record\":1}", "invalid_field"},
      {"{\"ingest_type\":\"rtmp\",\"metadata\":[]}", "invalid_field"},
      {"{\"ingest_type\":\"rtmp\",\"metadata\":null}", "invalid_field"},
      {"{\"ingest_type\":\"upload\",\"record\":true}", "invalid_field"},
      {"{\"ingest_type\":\"rtmp\",\"ingestType\":\"rtmp\"}", "unknown_field"},
      {big, "json_too_complex"},
    };
    for (String[] row : table) {
      assertThat(server.json("POST", "/api/v1/streams", row[0]).body())
          .as(row[0])
          .contains("\"code\":\"" + row[1] + "\"");
    }
    JsonNode unknown =
        assertProblem(
            server.json("POST", "/api/v1/streams", "{\"ingest_typ\":\"rtmp\"}"),
            400,
            "unknown_field");
    assertThat(unknown.get("detail").textValue())
        .isEqualTo("unknown field \"ingest_typ\"; known are: ingest_type, metadata, record");
    assertThat(StreamListTest.listed(server, "")).isEmpty();
  }

  @Test
  void thePublicUrlOfTheSettingsIsTheBaseOfUrls() throws Exception {
    try (ControlServer behind =
        new ControlServer(dataDir, "https://tv.example.org/media/", List.of())) {
      HttpResponse<String> made =
          behind.json("POST", "/api/v1/streams", "{\"ingest_type\":\"rtmp\"}");
      JsonNode body = JSON.readTree(made.body());
      assertThat(body.get("playback_url").textValue())
          .startsWith("https://tv.example.org/media/streams/");
      assertThat(body.get("rtmp_url").textValue())
          .startsWith("rtmp://tv.example.org:1935/live/sk_");
    }
  }

  private StreamId make() throws Exception {
    return make(server);
  }

  static StreamId make(ControlServer server) throws Exception {
    HttpResponse<String> made =
        server.json("POST", "/api/v1/streams", "{\"ingest_type\":\"rtmp\"}");
    assertThat(made.statusCode()).isEqualTo(201);
    return new StreamId(JSON.readTree(made.body()).get("stream_id").textValue());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  static JsonNode assertProblem(HttpResponse<String> response, int status, String code)
      throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = JSON.readTree(response.body());
    assertThat(names(problem))
        .containsExactly("type", "title", "status", "detail", "code", "request_id");
    assertThat(problem.get("code").textValue()).isEqualTo(code);
    assertThat(problem.get("status").intValue()).isEqualTo(status);
    assertThat(problem.get("type").textValue()).isEqualTo("urn:streaminfa:problem:" + code);
    assertThat(problem.get("request_id").textValue())
        .isEqualTo(response.headers().firstValue("X-Request-Id").orElseThrow());
    return problem;
  }
}
