package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.webhooks.Webhooks;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WebhooksApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEBHOOKS = "/api/v1/webhooks";

  @TempDir private Path dataDir;
  private ControlServer server;

  @BeforeEach
  void open() throws Exception {
    server = new ControlServer(dataDir, "", List.of());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpResponse<String> create(String url, String more) throws Exception {
    return server.json("POST", WEBHOOKS, "{\"url\":\"" + url + "\"" + more + "}");
  }

  @Test
  void aWebhookIsMadeShownAndRemovedAndItsSecretIsShownOnce() throws Exception {
    HttpResponse<String> made =
        create("https://hooks.example/in?a=b", ",\"events\":[\"stream_ready\",\"stream_live\"]");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode webhook = JSON.readTree(made.body());
    String path = WEBHOOKS + "/" + webhook.get("webhook_id").textValue();
    assertThat(made.headers().firstValue("Location")).contains(path);
    assertThat(webhook.get("secret").textValue()).matches("whsec_[A-Za-z0-9_-]{43}");
    assertThat(webhook.get("events").toString()).isEqualTo("[\"stream_live\",\"stream_ready\"]");

    JsonNode shown = JSON.readTree(server.get(path).body());
    assertThat(shown.get("url").textValue()).isEqualTo("https://hooks.example/in?a=b");
    assertThat(shown.get("waiting").intValue()).isZero();
    assertThat(shown.has("secret")).isFalse();
    assertThat(JSON.readTree(server.get(WEBHOOKS).body()).get("webhooks").get(0)).isEqualTo(shown);
    assertThat(server.get(path + "/failures").body()).isEqualTo("{\"failures\":[]}");
    HttpResponse<String> replay = server.post(path + "/replay");
    assertThat(replay.statusCode()).isEqualTo(202);
    assertThat(replay.body()).isEqualTo("{\"replayed\":0}");

    assertThat(server.send(server.asAdmin(path).DELETE()).statusCode()).isEqualTo(204);
    assertThat(server.get(path).statusCode()).isEqualTo(404);
    assertThat(server.get(path).body()).contains("webhook_not_found");
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://hooks.example/, invalid_url",
    "hooks.example, invalid_url",
    "https://user:pass@hooks.example/, invalid_url",
    "https://hooks.example/#here, invalid_url",
    "https:///path, invalid_url",
    "https://hooks.example:0/, invalid_url",
    "http://127.0.0.1/, address_not_allowed",
    "http://[::1]/, address_not_allowed",
    "http://[::ffff:10.0.0.1]/, address_not_allowed",
    "http://169.254.169.254/latest/meta-data, address_not_allowed",
    "http://localhost:8080/, address_not_allowed",
  })
  void aUrlThatIsNoneOrLeadsInsideIsRefused(String url, String code) throws Exception {
    HttpResponse<String> refused = create(url, "");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(refused.body()).get("code").textValue()).isEqualTo(code);
  }

  @Test
  void anEventTypeThatThereIsNotIsRefusedAndSoIsOneWebhookTooMany() throws Exception {
    assertThat(create("https://hooks.example/", ",\"events\":[\"stream_sung\"]").body())
        .contains("unknown_event_type");
    assertThat(server.json("POST", WEBHOOKS, "{}").body()).contains("missing_field");
    for (int i = 0; i < Webhooks.MAX_WEBHOOKS; i++) {
      assertThat(create("https://hooks.example/" + i, "").statusCode()).isEqualTo(201);
    }
    HttpResponse<String> refused = create("https://hooks.example/", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("too_many_webhooks");
  }
}
