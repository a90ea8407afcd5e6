package io.streaminfa.e2e.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A real S3 service with one bucket, in a process that ends with this one. */
public final class S3Proxy implements AutoCloseable {
  public static final String BUCKET = "media";
  private static final Pattern KEY = Pattern.compile("<Key>([^<]+)</Key>");
  private static final int PAGE = 1_000;

  private final Process process;
  private final URI endpoint;
  private final String accessKey;
  private final String secretKey;
  private final HttpClient http = HttpClient.newHttpClient();

  private S3Proxy(Process process, String... words) {
    this.process = process;
    this.endpoint = URI.create(words[1]);
    this.accessKey = words[2];
    this.secretKey = words[3];
  }

  /** Starts it, with an empty bucket. */
  public static S3Proxy start(String name) throws IOException, InterruptedException {
    Path directory = Path.of("target", "servers", name + "-s3").toAbsolutePath();
    Files.createDirectories(directory);
    Path root = Objects.requireNonNull(StreamInfaServer.launcher().toAbsolutePath().getParent());
    Path target = root.resolve("server/target");
    ProcessBuilder builder =
        new ProcessBuilder(
            root.resolve("e2e/servers/s3proxy").toString(),
            directory.toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            target.resolve("s3proxy") + "/*:" + target.resolve("lib") + "/*");
    Process process = builder.redirectError(directory.resolve("s3proxy.err").toFile()).start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    if (line == null || !line.startsWith("ready ")) {
      process.destroy();
      throw new IOException("S3Proxy does not serve: see " + directory);
    }
    S3Proxy proxy = new S3Proxy(process, line.split(" "));
    proxy.request("PUT", "/" + BUCKET, "");
    return proxy;
  }

  public URI endpoint() {
    return endpoint;
  }

  public String accessKey() {
    return accessKey;
  }

  public String secretKey() {
    return secretKey;
  }

  /** Every key in the bucket. */
  public Set<String> keys() throws IOException, InterruptedException {
    Set<String> keys = new TreeSet<>();
    String marker = "";
    while (true) {
      String page =
          new String(
              request("GET", "/" + BUCKET, "?max-keys=" + PAGE + "&marker=" + marker),
              StandardCharsets.UTF_8);
      int before = keys.size();
      Matcher key = KEY.matcher(page);
      while (key.find()) {
        keys.add(key.group(1));
        marker = key.group(1);
      }
      if (keys.size() - before < PAGE) {
        return keys;
      }
    }
  }

  public String text(String key) throws IOException, InterruptedException {
    return new String(request("GET", "/" + BUCKET + "/" + key, ""), StandardCharsets.UTF_8);
  }

  /** What of the bucket's playlists is not in the bucket. */
  public Set<String> missing() throws IOException, InterruptedException {
    Set<String> missing = new TreeSet<>();
    // Playlists first: what they name must have been there when they were read.
    for (String playlist : keys()) {
      if (playlist.endsWith(".m3u8")) {
        check(playlist, text(playlist), missing);
      }
    }
    return missing;
  }

  private void check(String playlist, String text, Set<String> missing)
      throws IOException, InterruptedException {
    String directory = playlist.substring(0, playlist.lastIndexOf('/') + 1);
    Set<String> keys = keys();
    boolean isGap = false;
    for (String line : text.lines().toList()) {
      if (line.equals("#EXT-X-GAP")) {
        isGap = true;
      } else if (!line.startsWith("#") && !line.isBlank()) {
        if (!isGap && !keys.contains(directory + line)) {
          missing.add(playlist + " names " + line);
        }
        isGap = false;
      }
    }
  }

  /** Signed as Amazon's "REST authentication" of version 2 says, which is short. */
  private byte[] request(String method, String path, String query)
      throws IOException, InterruptedException {
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    String signature = sign(method + "\n\n\n" + date + "\n" + path);
    HttpRequest request =
        HttpRequest.newBuilder(endpoint.resolve(path + query))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Date", date)
            .header("Authorization", "AWS " + accessKey + ":" + signature)
            .build();
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 300) {
      throw new IOException(
          method
              + " "
              + path
              + ": "
              + answer.statusCode()
              + " "
              + new String(answer.body(), StandardCharsets.UTF_8));
    }
    return answer.body();
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA1", e);
    }
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
