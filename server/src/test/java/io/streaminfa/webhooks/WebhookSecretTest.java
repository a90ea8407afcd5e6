package io.streaminfa.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {
  @Test
  void theSignatureIsTheOneThatOpensslComputes() {
    // printf '1772359200.{"id":1}' | openssl dgst -sha256 -hmac whsec_test
    assertThat(
            new WebhookSecret("whsec_test")
                .sign(
                    "{\"id\":1}".getBytes(StandardCharsets.UTF_8),
                    Instant.ofEpochSecond(1_772_359_200)))
        .isEqualTo(
            "t=1772359200,v1=ad670545239de279e93577c3e648721a11c5eaf1572ea3742f9981f744c63b46");
  }

  @Test
  void aSecretIsNeverPrintedAndNeverTheSame() {
    WebhookSecret secret = WebhookSecret.create();
    assertThat(secret.toString()).doesNotContain(secret.text());
    assertThat(WebhookSecret.create().text()).isNotEqualTo(secret.text());
  }
}
