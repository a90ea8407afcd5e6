package io.streaminfa.storage.s3;

import io.streaminfa.storage.StorageSettings;
import io.streaminfa.storage.StorageSettings.Backend;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real S3 service in processes of its own, which end with this one. */
final class S3Server implements AutoCloseable {
  private static final Path SERVERS = Path.of("..", "e2e", "servers").toAbsolutePath();
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  private final Process process;
  private final String endpoint;
  private final String accessKey;
  private final String secretKey;

  private S3Server(Process process, String... words) {
    this.process = process;
    this.endpoint = words[1];
    this.accessKey = words[2];
    this.secretKey = words[3];
  }

  /** Ceph, which has to be installed. */
  static S3Server radosgw(Path directory) throws IOException {
    return start(directory, "radosgw", directory.toString());
  }

  static S3Server s3proxy(Path directory) throws IOException {
    String sdk =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(jar -> jar.matches(".*/(ch/qos/logback|org/slf4j/slf4j-api)/.*") || isSdk(jar))
            .collect(Collectors.joining(File.pathSeparator));
    return start(
        directory,
        "s3proxy",
        directory.toString(),
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        Path.of("target", "s3proxy").toAbsolutePath() + "/*" + File.pathSeparator + sdk);
  }

  private static boolean isSdk(String jar) {
    return jar.contains("/software/amazon/") || jar.contains("/org/reactivestreams/");
  }

  private static S3Server start(Path directory, String script, String... arguments)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(SERVERS.resolve(script).toString());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectError(directory.resolve(script + ".err").toFile()).start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (line == null || !line.startsWith("ready ")) {
      process.destroy();
      throw new IOException(script + " does not serve: see " + directory);
    }
    return new S3Server(process, line.split(" "));
  }

  String endpoint() {
    return endpoint;
  }

  /** Of a bucket that is made for it. */
  StorageSettings newBucket() {
    StorageSettings settings = settings("bucket-" + UUID.randomUUID());
    try (S3Connection connection = new S3Connection(settings)) {
      var _ = connection.client().createBucket(request -> request.bucket(settings.bucket()));
    } catch (io.streaminfa.storage.StorageException e) {
      throw new IllegalStateException(e);
    }
    return settings;
  }

  StorageSettings settings(String bucket) {
    return new StorageSettings(
        Backend.S3,
        endpoint,
        bucket,
        accessKey,
        secretKey,
        "us-east-1",
        true,
        3,
        Duration.ofMillis(100),
        REQUEST_TIMEOUT,
        1L << 30);
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
