package io.streaminfa.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 service on this machine, in processes of its own that end with this one. */
final class S3Server implements AutoCloseable {
  static final String BUCKET = "bench";

  private static final String S3PROXY_HEAP = "4g";
  private static final int CONNECTIONS = 64;

  private final Process process;
  private final String endpoint;
  private final String accessKey;
  private final String secretKey;

  private S3Server(Process process, String... words) {
    this.process = process;
    this.endpoint = words[1];
    this.accessKey = words[2];
    this.secretKey = words[3];
    try (S3Client client = bareClient()) {
      var _ = client.createBucket(request -> request.bucket(BUCKET));
    }
  }

  static boolean hasRadosgw() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "radosgw")));
  }

  static S3Server radosgw(Home home) throws IOException {
    return start(home, "radosgw", List.of());
  }

  static S3Server s3proxy(Home home) throws IOException {
    String libraries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                jar ->
                    jar.matches(
                        ".*/(ch/qos/logback|org/slf4j/slf4j-api|software/amazon"
                            + "|org/reactivestreams)/.*"))
            .collect(Collectors.joining(File.pathSeparator));
    return start(
        home,
        "s3proxy",
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            home.work("s3proxy") + "/*" + File.pathSeparator + libraries));
  }

  private static S3Server start(Home home, String script, List<String> arguments)
      throws IOException {
    Path directory = home.fresh("storage/" + script);
    ProcessBuilder builder =
        new ProcessBuilder(
            home.root().resolve("e2e/servers").resolve(script).toString(), directory.toString());
    builder.command().addAll(arguments);
    builder.environment().put("S3PROXY_HEAP", S3PROXY_HEAP);
    Process process =
        builder.redirectError(home.work("logs").resolve(script + ".log").toFile()).start();
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

  String accessKey() {
    return accessKey;
  }

  String secretKey() {
    return secretKey;
  }

  /** The SDK as its guide sets it up, with the two options without which Ceph 16 refuses. */
  S3Client bareClient() {
    return S3Client.builder()
        .endpointOverride(URI.create(endpoint))
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(CONNECTIONS))
        .build();
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
