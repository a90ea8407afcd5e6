package io.streaminfa.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.streaminfa.auth.AdminAuthenticator.Decision;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AdminAuthenticatorTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");

  @TempDir private Path dataDir;

  @Test
  void configuredTokensAreAcceptedAndNoFileIsMade() throws IOException {
    AdminAuthenticator admins = open(List.of("first-token", "second-token"));
    assertThat(decide(admins, "Bearer first-token")).isEqualTo(new Decision.Accepted());
    assertThat(decide(admins, "bearer  second-token")).isEqualTo(new Decision.Accepted());
    assertThat(decide(admins, "Bearer third-token")).isEqualTo(new Decision.Wrong());
    assertThat(dataDir.resolve("admin-token")).doesNotExist();
  }

  @Test
  void whatIsNoBearerTokenIsMissingAndNoAttempt() throws IOException {
    AdminAuthenticator admins = open(List.of("token"));
    for (int i = 0; i < 20; i++) {
      assertThat(admins.authenticate(ADDRESS, Optional.empty())).isEqualTo(new Decision.Missing());
      assertThat(decide(admins, "Basic dG9rZW4=")).isEqualTo(new Decision.Missing());
      assertThat(decide(admins, "Bearer ")).isEqualTo(new Decision.Missing());
    }
    assertThat(decide(admins, "Bearer wrong")).isEqualTo(new Decision.Wrong());
  }

  @Test
  void aRightTokenIsAcceptedFromABlockedAddress() throws IOException {
    AdminAuthenticator admins = open(List.of("token"));
    for (int i = 0; i < 5; i++) {
      assertThat(decide(admins, "Bearer guess" + i)).isEqualTo(new Decision.Wrong());
    }
    assertThat(decide(admins, "Bearer guess")).isInstanceOf(Decision.Blocked.class);
    assertThat(decide(admins, "Bearer token")).isEqualTo(new Decision.Accepted());
  }

  @Test
  void theFirstStartMakesATokenThatOnlyItsOwnerCanReadAndLaterStartsKeepIt() throws IOException {
    open(List.of());
    Path file = dataDir.resolve("admin-token");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String token = Files.readString(file).strip();
    assertThat(token).matches("adm_[A-Za-z0-9_-]{43}");
    assertThat(decide(open(List.of()), "Bearer " + token)).isEqualTo(new Decision.Accepted());
    assertThat(Files.readString(file).strip()).isEqualTo(token);
  }

  @Test
  void aTokenFileThatOthersCanReadIsTightened() throws IOException {
    open(List.of());
    Path file = dataDir.resolve("admin-token");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    open(List.of());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aTokenFileWithSomethingElseStopsTheStart() throws IOException {
    Path file = dataDir.resolve("admin-token");
    for (String text : List.of("", "short", "x".repeat(100_000))) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> open(List.of()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not hold an admin token");
    }
  }

  @Test
  void theLogSaysWhereTheTokenIsAndNeverWhatItIs() throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger("io.streaminfa.auth");
    Level level = logger.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.setLevel(Level.TRACE);
    logger.addAppender(log);
    try {
      AdminAuthenticator admins = open(List.of());
      for (int i = 0; i < 6; i++) {
        decide(admins, "Bearer my-own-secret");
      }
    } finally {
      logger.detachAppender(log);
      logger.setLevel(level);
    }
    String token = Files.readString(dataDir.resolve("admin-token")).strip();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains(dataDir.resolve("admin-token").toString()))
        .noneMatch(line -> line.contains(token) || line.contains("my-own-secret"));
  }

  private AdminAuthenticator open(List<String> tokens) throws IOException {
    AuthSettings settings =
        new AuthSettings(List.of(), tokens, 5, Duration.ofSeconds(60), Duration.ofMinutes(5));
    return AdminAuthenticator.open(
        settings,
        dataDir,
        new AttemptLimiter(settings, System::nanoTime),
        new AuthMetrics(new PrometheusRegistry()));
  }

  private static Decision decide(AdminAuthenticator admins, String authorization) {
    return admins.authenticate(ADDRESS, Optional.of(authorization));
  }
}
