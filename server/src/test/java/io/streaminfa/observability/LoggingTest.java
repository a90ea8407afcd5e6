package io.streaminfa.observability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

@ResourceLock(Resources.SYSTEM_OUT)
class LoggingTest {
  private static final String TOKEN = "configured-token";

  private final Logger log = LoggerFactory.getLogger("io.streaminfa.Some");

  @AfterEach
  void reset() throws JoranException {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    new ContextInitializer(context).autoConfig();
  }

  private String logged(String format, Consumer<Logger> statements) {
    PrintStream before = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Logging.configure(
          new ObservabilitySettings("info", format, true, false, "", 0), List.of(TOKEN));
      statements.accept(log);
    } finally {
      System.setOut(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void jsonHasTheNamedFieldsAndNoOthers() throws IOException {
    String line =
        logged(
            "json",
            log -> {
              try (var _ = LogContext.ofStream("s-1");
                  var _ = LogContext.ofConnection("c-1");
                  var _ = LogContext.ofRequest("r-1")) {
                log.atWarn().addKeyValue("bytes", 12).setCause(new IOException("gone")).log("cut");
              }
            });
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "timestamp",
            "level",
            "logger",
            "thread",
            "message",
            "stream_id",
            "connection_id",
            "request_id",
            "bytes",
            "stack_trace");
    assertThat(json.get("message").asText()).isEqualTo("cut");
    assertThat(json.get("level").asText()).isEqualTo("WARN");
    assertThat(json.get("stream_id").asText()).isEqualTo("s-1");
    assertThat(json.get("bytes").asInt()).isEqualTo(12);
    assertThat(json.get("stack_trace").asText()).startsWith("java.io.IOException: gone\n");
    assertThat(Instant.parse(json.get("timestamp").asText())).isBefore(Instant.now());
  }

  @Test
  void prettyIsOneLineForAPerson() {
    assertThat(
            logged(
                "pretty",
                log -> {
                  try (var _ = LogContext.ofStream("s-1")) {
                    log.atInfo().addKeyValue("bytes", 12).log("cut");
                  }
                }))
        .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Some: cut stream_id=s-1 bytes=12\n");
  }

  @Test
  void secretsReachNoLineInAnyForm() throws IOException {
    for (String format : List.of("json", "pretty")) {
      String lines =
          logged(
              format,
              log -> {
                log.info("key {} token {}", "sk_verysecret", TOKEN);
                log.atInfo().addKeyValue("url", "http://h/x?token=verysecret").log("asked");
                log.error("failed", new IOException("Authorization: Bearer verysecret"));
              });
      assertThat(lines).contains("failed", "asked").doesNotContain("verysecret", TOKEN);
      if (format.equals("json")) {
        for (String line : lines.lines().toList()) {
          assertThat(new ObjectMapper().readTree(line).isObject()).isTrue();
        }
      }
    }
  }

  @Test
  void theLevelIsThatOfTheSettings() {
    assertThat(logged("pretty", log -> log.debug("not shown"))).isEmpty();
  }

  @Test
  void javaUtilLoggingEndsInTheSameLines() {
    String line =
        logged(
            "pretty",
            log -> java.util.logging.Logger.getLogger("some.library").warning("from the library"));
    assertThat(line).endsWith("WARN  library: from the library\n");
  }

  @Test
  void talkativeLibrariesAreQuietAtInfo() {
    assertThat(logged("pretty", log -> LoggerFactory.getLogger("io.netty.X").info("internal")))
        .isEmpty();
  }
}
