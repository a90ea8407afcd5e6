package io.streaminfa.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streaminfa.control.ReadinessCheck.CheckResult;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HealthApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dataDir;

  private record FakeCheck(String name, boolean critical, Callable<CheckResult> result)
      implements ReadinessCheck {
    @Override
    public CheckResult check() throws InterruptedException {
      try {
        return result.call();
      } catch (InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aLiveServerSaysSoWithItsVersion() throws Exception {
    try (ControlServer server = new ControlServer(dataDir, "", List.of())) {
      HttpResponse<String> health = server.send(server.request("/healthz"));
      assertThat(health.statusCode()).isEqualTo(200);
      JsonNode body = JSON.readTree(health.body());
      assertThat(body.get("status").textValue()).isEqualTo("ok");
      assertThat(body.get("version").textValue()).isEqualTo("1.2.3");
      assertThat(body.get("uptime_secs").isIntegralNumber()).isTrue();
    }
  }

  @Test
  void aServerIsReadyWhenEveryCheckIs() throws Exception {
    JsonNode body =
        readyz(
            200,
            new FakeCheck("storage", true, () -> CheckResult.ok("file")),
            new FakeCheck("ffmpeg", true, () -> CheckResult.ok("8.0.1")));
    assertThat(body.get("status").textValue()).isEqualTo("ready");
    JsonNode ffmpeg = body.get("checks").get("ffmpeg");
    assertThat(ffmpeg.get("status").textValue()).isEqualTo("ok");
    assertThat(ffmpeg.get("detail").textValue()).isEqualTo("8.0.1");
    assertThat(ffmpeg.get("latency_ms").doubleValue()).isNotNegative();
    assertThat(body.get("checks").fieldNames().next()).isEqualTo("storage");
  }

  @Test
  void aCriticalFailureIs503AndAnotherOneIsNot() throws Exception {
    ReadinessCheck disk = new FakeCheck("disk_space", false, () -> CheckResult.failed("1 GB left"));
    ReadinessCheck store = new FakeCheck("state_store", true, () -> CheckResult.failed("locked"));
    assertThat(readyz(200, disk).get("status").textValue()).isEqualTo("degraded");
    JsonNode body = readyz(503, disk, store);
    assertThat(body.get("status").textValue()).isEqualTo("not_ready");
    assertThat(body.get("checks").get("state_store").get("detail").textValue()).isEqualTo("locked");
  }

  @Test
  void aCheckThatIsDefectFailsAlone() throws Exception {
    JsonNode body =
        readyz(
            503,
            new FakeCheck(
                "storage",
                true,
                () -> {
                  throw new IllegalStateException("secret-host");
                }),
            new FakeCheck("ffmpeg", true, () -> CheckResult.ok("8.0.1")));
    assertThat(body.get("checks").get("storage").get("status").textValue()).isEqualTo("failed");
    assertThat(body.toString()).doesNotContain("secret-host");
    assertThat(body.get("checks").get("ffmpeg").get("status").textValue()).isEqualTo("ok");
  }

  @Test
  void aCheckThatHangsFailsAtItsDeadlineAndIsNotStartedTwice() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger started = new AtomicInteger();
    ReadinessCheck hangs =
        new FakeCheck(
            "storage",
            true,
            () -> {
              started.incrementAndGet();
              boolean released = false;
              while (!released) {
                try {
                  release.await();
                  released = true;
                } catch (InterruptedException _) {
                  // A driver that ignores interrupts.
                }
              }
              return CheckResult.ok("at last");
            });
    try (ControlServer server = new ControlServer(dataDir, "", List.of(hangs))) {
      assertThat(check(server)).isEqualTo("no answer within 200 ms");
      Awaitility.await()
          .untilAsserted(() -> assertThat(check(server)).isEqualTo("an earlier check still hangs"));
      assertThat(started).hasValue(1);
      release.countDown();
      Awaitility.await().untilAsserted(() -> assertThat(check(server)).isEqualTo("at last"));
    }
  }

  private static String check(ControlServer server) throws Exception {
    JsonNode body = JSON.readTree(server.send(server.request("/readyz")).body());
    return body.get("checks").get("storage").get("detail").textValue();
  }

  @Test
  void manyQuestionsAtOnceAreAnsweredByOneEvaluation() throws Exception {
    AtomicInteger evaluations = new AtomicInteger();
    ReadinessCheck counts =
        new FakeCheck(
            "storage",
            true,
            () -> {
              evaluations.incrementAndGet();
              return CheckResult.ok("");
            });
    try (ControlServer server = new ControlServer(dataDir, "", List.of(counts))) {
      long startNanos = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        server.send(server.request("/readyz"));
      }
      long seconds = (System.nanoTime() - startNanos) / 1_000_000_000L;
      assertThat(evaluations.get()).isBetween(1, (int) seconds + 2);
    }
  }

  @Test
  void metricsAreInThePrometheusFormat() throws Exception {
    try (ControlServer server = new ControlServer(dataDir, "", List.of())) {
      HttpResponse<String> metrics = server.send(server.request("/metrics"));
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.headers().firstValue("Content-Type").orElse(""))
          .startsWith("text/plain; version=0.0.4");
      assertThat(metrics.body())
          .contains("# TYPE streaminfa_streams_total counter")
          .contains("streaminfa_auth_failures_total{kind=\"token_wrong\"} 0.0");
      HttpResponse<String> open =
          server.send(server.request("/metrics").header("Accept", "application/openmetrics-text"));
      assertThat(open.body()).endsWith("# EOF\n");
    }
  }

  private JsonNode readyz(int status, ReadinessCheck... checks) throws Exception {
    try (ControlServer server = new ControlServer(dataDir, "", List.of(checks))) {
      HttpResponse<String> ready = server.send(server.request("/readyz"));
      assertThat(ready.statusCode()).isEqualTo(status);
      return JSON.readTree(ready.body());
    }
  }
}
