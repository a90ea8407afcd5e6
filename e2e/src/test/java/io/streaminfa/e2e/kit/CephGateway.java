package io.streaminfa.e2e.kit;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** A one-node Ceph with its S3 gateway and one bucket; its daemons end with it. */
public final class CephGateway implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final String BUCKET = "media";

  private final ChildProcess process;
  private final String endpoint;
  private final String accessKey;
  private final String secretKey;
  private final S3Client client;

  private CephGateway(ChildProcess process, String[] words) {
    this.process = process;
    this.endpoint = words[1];
    this.accessKey = words[2];
    this.secretKey = words[3];
    this.client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
            .httpClientBuilder(Apache5HttpClient.builder())
            .build();
  }

  public static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "radosgw")));
  }

  public static CephGateway start(String name) throws IOException {
    Path directory = Path.of("target", "ceph", name).toAbsolutePath();
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
    Files.createDirectories(directory);
    ChildProcess process =
        ChildProcess.withTextOutput(
            "radosgw",
            new ProcessBuilder(
                Path.of("servers", "radosgw").toAbsolutePath().toString(), directory.toString()),
            null);
    Awaitility.await("radosgw")
        .atMost(START_TIMEOUT)
        .until(() -> !process.isAlive() || ready(process).findAny().isPresent());
    String line =
        ready(process)
            .findAny()
            .orElseThrow(() -> new IOException("radosgw ended:\n" + process.tail(20)));
    CephGateway gateway = new CephGateway(process, line.split(" "));
    var _ = gateway.client.createBucket(request -> request.bucket(BUCKET));
    return gateway;
  }

  private static Stream<String> ready(ChildProcess process) {
    return process.lines().stream().filter(line -> line.startsWith("ready "));
  }

  /** A server that is not started yet and keeps its media here. */
  public StreamInfaServer configure(StreamInfaServer server) {
    return server
        .with("storage.backend", "\"s3\"")
        .with("storage.endpoint", "\"" + endpoint + "\"")
        .with("storage.bucket", "\"" + BUCKET + "\"")
        .with("storage.access_key_id", "\"" + accessKey + "\"")
        .with("storage.secret_access_key", "\"" + secretKey + "\"");
  }

  /** The first thousand keys that begin with a prefix. */
  public List<String> keys(String prefix) {
    return client
        .listObjectsV2(request -> request.bucket(BUCKET).prefix(prefix))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  public String cacheControl(String key) {
    return client.headObject(request -> request.bucket(BUCKET).key(key)).cacheControl();
  }

  public String contentType(String key) {
    return client.headObject(request -> request.bucket(BUCKET).key(key)).contentType();
  }

  @Override
  public void close() {
    client.close();
    // The script stops its daemons when its input ends.
    try {
      process.input().close();
      int _ = process.awaitExit(Duration.ofSeconds(10));
    } catch (IOException e) {
      process.close();
    } catch (InterruptedException e) {
      process.close();
      Thread.currentThread().interrupt();
    }
  }
}
