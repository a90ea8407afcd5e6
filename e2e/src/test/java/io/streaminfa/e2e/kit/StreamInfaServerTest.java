package io.streaminfa.e2e.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamInfaServerTest {
  @TempDir private Path directory;

  @Test
  void aServerIsStartedWatchedAndStopped() throws Exception {
    try (StreamInfaServer server = fake("kit-good").start()) {
      assertThat(server.log()).contains("ready");
      Awaitility.await().until(() -> server.workers().size() == 1);
      Footprint footprint = server.footprint();
      assertThat(footprint.residentKib()).isGreaterThan(10_000);
      assertThat(footprint.threads()).isGreaterThan(5);
      assertThat(footprint.sockets()).isPositive();
      assertThat(footprint.descriptors()).isGreaterThan(footprint.sockets());
      ProcessHandle worker = server.workers().getFirst();
      server.stop();
      assertThat(server.isAlive()).isFalse();
      Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> !worker.isAlive());
    }
  }

  @Test
  void aKilledServerStartsAgainOnItsPorts() throws Exception {
    try (StreamInfaServer server = fake("kit-killed").start()) {
      int port = server.uri("/").getPort();
      ProcessHandle orphan =
          Awaitility.await().until(server::workers, workers -> workers.size() == 1).getFirst();
      server.kill();
      server.start();
      assertThat(server.uri("/").getPort()).isEqualTo(port);
      server.stop();
      orphan.destroyForcibly();
    }
  }

  @Test
  void anEndWithAnotherStatusThanZeroIsAnError() throws Exception {
    try (StreamInfaServer server = fake("kit-bad").with("fake.bad_end", "true").start()) {
      assertThatThrownBy(server::stop).isInstanceOf(IOException.class).hasMessageContaining("3");
    }
  }

  private StreamInfaServer fake(String name) throws IOException {
    Path launcher = directory.resolve(name);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s' -cp '%s' %s \"$@\"\n"
            .formatted(java, classes, FakeProduct.class.getName()));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    return StreamInfaServer.named(name).withLauncher(launcher);
  }
}
