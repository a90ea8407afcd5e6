package io.streaminfa.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.streaminfa.auth.AdminTokenFile;
import io.streaminfa.cli.Call;
import io.streaminfa.cli.Command;
import io.streaminfa.cli.ExitCode;
import io.streaminfa.cli.Option;
import io.streaminfa.cli.Parameter;
import io.streaminfa.config.Config;
import io.streaminfa.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sends a file to a server. */
final class UploadCommand implements Command {
  private static final long LOOK_INTERVAL_MS = 500;

  private static final Parameter FILE = new Parameter("FILE", "a video file of any usual kind");

  private static final Option SERVER =
      Option.value("server", "URL", "default: this machine, on the port of the settings");

  private static final Option TOKEN_FILE =
      Option.value(
          "token-file",
          "FILE",
          "has an admin token; default: that of the settings or of their data directory");

  private static final Option WATCH =
      Option.flag("watch", "wait until the stream is ready, and show how far it is");

  @Override
  public String name() {
    return "upload";
  }

  @Override
  public String description() {
    return "Send a file to a server, which makes a stream of it.";
  }

  @Override
  public List<Option> options() {
    return List.of(SettingsOption.CONFIG, SERVER, TOKEN_FILE, WATCH);
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(FILE);
  }

  @Override
  public int run(Call call) throws InterruptedException {
    PrintWriter err = call.err();
    Path file = Path.of(call.argument(0));
    String base;
    String token;
    try {
      Config config = SettingsOption.load(call).config();
      base =
          call.value(SERVER)
              .map(url -> url.replaceAll("/+$", ""))
              .orElse("http://localhost:" + config.server().controlPort());
      token = token(config, call.value(TOKEN_FILE).map(Path::of));
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw new IOException(file + " is no file that can be read");
      }
    } catch (ConfigException | IOException e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    try (UploadClient client = new UploadClient(base, token)) {
      return upload(client, file, call);
    } catch (UploadClient.Refused e) {
      err.println(e.getMessage());
      return ExitCode.FAILURE;
    } catch (IOException e) {
      err.println(base + " cannot be reached: " + e);
      return ExitCode.FAILURE;
    }
  }

  private static String token(Config config, Optional<Path> file) throws IOException {
    List<String> configured = config.auth().adminBearerTokens();
    if (file.isEmpty() && !configured.isEmpty()) {
      return configured.getFirst();
    }
    Path from = file.orElse(AdminTokenFile.in(config.server().dataDir()));
    if (!Files.isReadable(from)) {
      throw new IOException(from + " is no file with a token; name one by --token-file");
    }
    return Files.readString(from, StandardCharsets.US_ASCII).strip();
  }

  private static int upload(UploadClient client, Path file, Call call)
      throws UploadClient.Refused, IOException, InterruptedException {
    PrintWriter out = call.out();
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
    return call.has(WATCH) ? watch(client, id, out) : ExitCode.OK;
  }

  private static int watch(UploadClient client, String id, PrintWriter out)
      throws UploadClient.Refused, IOException, InterruptedException {
    ProgressLine encoding = new ProgressLine(out, SettingsOption.isReadByAPerson(), "encoding");
    while (true) {
      JsonNode stream = client.stream(id);
      String status = stream.path("status").asText();
      encoding.show(stream.path("progress").asDouble());
      switch (status) {
        case "ready" -> {
          encoding.end();
          return ExitCode.OK;
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
