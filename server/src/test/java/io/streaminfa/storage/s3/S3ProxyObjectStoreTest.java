package io.streaminfa.storage.s3;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract with S3Proxy, which any machine can run. */
final class S3ProxyObjectStoreTest extends S3StoreContract {
  private static S3Server server;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    server = S3Server.s3proxy(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  S3Server server() {
    return server;
  }
}
