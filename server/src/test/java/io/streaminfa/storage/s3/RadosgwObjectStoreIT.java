package io.streaminfa.storage.s3;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract with Ceph's gateway: an older service, and strict about checksums. */
final class RadosgwObjectStoreIT extends S3StoreContract {
  private static @Nullable S3Server server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    if (System.getenv("CI") == null) {
      assumeTrue(isInstalled(), "Ceph is not installed: apt-get install radosgw ceph-mon ceph-osd");
    }
    server = S3Server.radosgw(directory);
  }

  private static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "radosgw")));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  S3Server server() {
    return Objects.requireNonNull(server);
  }
}
