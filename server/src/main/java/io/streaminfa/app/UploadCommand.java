package io.streaminfa.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.auth.AdminTokenFile;
import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a file to a server. */
@Command(
    name = "upload",
    description = "Send a file to a server, which makes a stream of it.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class UploadCommand implements Callable<Integer> {
  private static final long LOOK_INTERVAL_MS = 500;

  @Mixin private SettingsOption settings;

  @Parameters(index = "0", paramLabel = "FILE", description = "a video file of any usual kind")
  private Path file;

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "default: this machine, on the port of the settings")
  private @Nullable String server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "has an admin token; default: that of the settings or of their data directory")
  private @Nullable Path tokenFile;

  @Option(names = "--watch", description = "wait until the stream is ready, and show how far it is")
  private boolean isWatching;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields.
  UploadCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    String base;
    String token;
    try {
      Config config = settings.load().config();
      base =
          server == null
              ? "http://localhost:" + config.server().controlPort()
              : server.replaceAll("/+$", "");
      token = token(config);
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new IOException(file + " is no file that can be read");
      }
    } catch (ConfigException | IOException e) {
      err.println(e.getMessage());
      return Main.USAGE;
    }
    try (UploadClient client = new UploadClient(base, token)) {
      return upload(client);
    } catch (UploadClient.Refused e) {
      err.println(e.getMessage());
      return Main.FAILURE;
    } catch (IOException e) {
      err.println(base + " cannot be reached: " + e);
      return Main.FAILURE;
    }
  }

  private String token(Config config) throws IOException {
    List<String> configured = config.auth().adminBearerTokens();
    if (tokenFile == null && !configured.isEmpty()) {
      return configured.getFirst();
    }
    Path from = tokenFile == null ? AdminTokenFile.in(config.server().dataDir()) : tokenFile;
    if (!Files.isReadable(from)) {
      throw new IOException(from + " is no file with a token; name one by --token-file");
    }
    return Files.readString(from, StandardCharsets.US_ASCII).strip();
  }

  private int upload(UploadClient client)
      throws UploadClient.Refused, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    ProgressLine sending = new ProgressLine(out, SettingsOption.isReadByAPerson(), "sending ");
    JsonNode stream;
    try {
      stream = client.send(file, sending::show);
    } finally {
      sending.end();
    }
    String id = stream.path("stream_id").asText();
    out.println("stream " + id);
    out.println("watch  " + stream.path("watch_url").asText());
    out.println("play   " + stream.path("playback_url").asText());
    return isWatching ? watch(client, id, out) : Main.OK;
  }

  private int watch(UploadClient client, String id, PrintWriter out)
      throws UploadClient.Refused, IOException, InterruptedException {
    ProgressLine encoding = new ProgressLine(out, SettingsOption.isReadByAPerson(), "encoding");
    while (true) {
      JsonNode stream = client.stream(id);
      String status = stream.path("status").asText();
      encoding.show(stream.path("progress").asDouble());
      switch (status) {
        case "ready" -> {
          encoding.end();
          return Main.OK;
        }
        case "error", "deleted" -> {
          encoding.end();
          JsonNode error = stream.path("error");
          throw new UploadClient.Refused(
              "%s (%s)"
                  .formatted(
                      error.path("message").asText("the stream is " + status),
                      error.path("code").asText(status)));
        }
        default -> TimeUnit.MILLISECONDS.sleep(LOOK_INTERVAL_MS);
      }
    }
  }
}
