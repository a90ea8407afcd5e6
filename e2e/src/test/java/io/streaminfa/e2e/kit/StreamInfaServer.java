package io.streaminfa.e2e.kit;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The product, started as a user starts it: the launcher, {@code serve --config FILE}, free ports
 * and a data directory of its own.
 *
 * <p>As a static {@code @RegisterExtension} field it runs for the tests of one class, and its clean
 * stop is part of them.
 */
public final class StreamInfaServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(40);
  private static final String ADMIN_TOKEN = "e2e-admin-token-0123456789abcdef0123456789abcdef";
  private static final String WORKER_CLASS = "io.streaminfa.transcode.worker";

  private final String name;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<String> arguments = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private @Nullable Path launcher;
  private Running running = new Running(-1, -1, null);

  private record Running(int controlPort, int rtmpPort, @Nullable ChildProcess process) {}

  private StreamInfaServer(String name) {
    this.name = name;
  }

  /** A server that is not started yet; the name is that of its directory and its log. */
  public static StreamInfaServer named(String name) {
    return new StreamInfaServer(name);
  }

  /** Sets {@code section.key} to a value in TOML's notation. */
  public StreamInfaServer with(String key, String tomlValue) {
    settings.put(key, tomlValue);
    return this;
  }

  /** Two seconds a segment: tests see segments early, and still whole IDR intervals. */
  public StreamInfaServer withShortSegments() {
    return with("packaging.segment_duration_secs", "2");
  }

  /** Adds an argument behind {@code serve --config FILE}. */
  public StreamInfaServer withArgument(String argument) {
    arguments.add(argument);
    return this;
  }

  /** Another launcher than the repository's own. */
  StreamInfaServer withLauncher(Path program) {
    launcher = program;
    return this;
  }

  /** Starts the server and waits until it says that it is ready. */
  public StreamInfaServer start() throws IOException, InterruptedException {
    Path directory = directory();
    Files.createDirectories(directory);
    if (running.controlPort() < 0) {
      deleteRecursively(dataDirectory());
      running = new Running(freePort(), freePort(), null);
    }
    Path config = directory.resolve("streaminfa.toml");
    Files.writeString(config, toml(dataDirectory()));
    // A shell's background jobs, as builds sometimes are, ignore SIGINT, and so would the server.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.add((launcher == null ? launcher() : launcher).toString());
    command.addAll(List.of("serve", "--config", config.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // What the shell has set for another server is not meant for this one.
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    Path log = directory.resolve("server-" + System.nanoTime() + ".log");
    ChildProcess process = ChildProcess.withTextOutput("streaminfa", builder, log);
    running = new Running(running.controlPort(), running.rtmpPort(), process);
    Awaitility.await("readyz")
        .atMost(START_TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !process.isAlive() || isReady());
    if (!process.isAlive()) {
      throw new IOException("the server ended:\n" + process.tail(60));
    }
    return this;
  }

  /** {@code streaminfa doctor} with the settings of this server, which may be running. */
  public int doctor(Duration deadline) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            launcher().toString(),
            "doctor",
            "--config",
            directory().resolve("streaminfa.toml").toString());
    builder.environment().keySet().removeIf(key -> key.startsWith("STREAMINFA_"));
    try (ChildProcess doctor =
        ChildProcess.withTextOutput("doctor", builder, directory().resolve("doctor.log"))) {
      return doctor.awaitExit(deadline);
    }
  }

  private Path directory() {
    return Path.of("target", "servers").toAbsolutePath().resolve(name);
  }

  /** What {@code server.data_dir} is set to. */
  public Path dataDirectory() {
    return directory().resolve("data");
  }

  private boolean isReady() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/readyz")).timeout(Duration.ofSeconds(2)).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYetListening) {
      return false;
    }
  }

  private String toml(Path data) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.host", "\"127.0.0.1\"");
    all.put("server.control_port", "" + running.controlPort());
    all.put("server.rtmp_port", "" + running.rtmpPort());
    all.put("server.data_dir", "\"" + data + "\"");
    all.put("auth.admin_bearer_tokens", "[\"" + ADMIN_TOKEN + "\"]");
    all.putAll(settings);
    StringBuilder out = new StringBuilder();
    // Dotted keys at the top level are the same tables as [section] headers (TOML 1.0, "Keys").
    all.forEach((key, value) -> out.append(key).append(" = ").append(value).append('\n'));
    return out.toString();
  }

  /** SIGTERM, as a service manager stops it; any exit status but 0 is an error. */
  public void stop() throws IOException, InterruptedException {
    process().terminate();
    awaitCleanEnd();
  }

  /** SIGINT, as Ctrl-C on a terminal; any exit status but 0 is an error. */
  public void interrupt() throws IOException, InterruptedException {
    ChildProcess.signal("INT", process().handle());
    awaitCleanEnd();
  }

  private void awaitCleanEnd() throws IOException, InterruptedException {
    ChildProcess process = process();
    int exit = process.awaitExit(STOP_TIMEOUT);
    if (exit != 0) {
      throw new IOException("the server ended with " + exit + ":\n" + process.tail(60));
    }
  }

  /** SIGKILL to the server itself; ports and data stay for the next {@link #start()}. */
  public void kill() throws IOException, InterruptedException {
    java().destroyForcibly();
    process().awaitExit(STOP_TIMEOUT);
  }

  public ApiClient api() {
    return new ApiClient(uri("/"), ADMIN_TOKEN, running.rtmpPort());
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + running.controlPort() + path);
  }

  public int rtmpPort() {
    return running.rtmpPort();
  }

  public List<String> log() {
    return process().lines();
  }

  /** How many pictures of a running stream the server says it has received; 0 before the first. */
  public int picturesReceived(String streamId) throws IOException, InterruptedException {
    return (int) metric("streaminfa_ingest_frames_total", "\"" + streamId + "\"", "\"video\"");
  }

  /** A series that has all of these words among its labels; 0 when there is none. */
  public double metric(String name, String... words) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/metrics")).timeout(Duration.ofSeconds(10)).build();
    String metrics = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> Stream.of(words).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(0);
  }

  public boolean isAlive() {
    return process().isAlive();
  }

  /** The transcoding processes that run now. */
  public List<ProcessHandle> workers() {
    return process().handle().descendants().filter(StreamInfaServer::isWorker).toList();
  }

  /** Every process that the server has started and that still runs. */
  public List<ProcessHandle> descendants() {
    return process().handle().descendants().toList();
  }

  private static boolean isWorker(ProcessHandle handle) {
    return commandLine(handle).contains(WORKER_CLASS);
  }

  private static String commandLine(ProcessHandle handle) {
    try {
      return Files.readString(Path.of("/proc/" + handle.pid() + "/cmdline")).replace('\0', ' ');
    } catch (IOException gone) {
      return "";
    }
  }

  /** What the server process holds now. */
  public Footprint footprint() throws IOException {
    return Footprint.of(java().pid());
  }

  /** The server's JVM, which is the launcher's process itself where the launcher execs it. */
  private ProcessHandle java() {
    ProcessHandle launcher = process().handle();
    return Stream.concat(Stream.of(launcher), launcher.descendants())
        .filter(handle -> handle.info().command().orElse("").endsWith("java"))
        .filter(handle -> !isWorker(handle))
        .findFirst()
        .orElse(launcher);
  }

  private ChildProcess process() {
    ChildProcess process = running.process();
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static Path launcher() throws IOException {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path program = at.resolve("streaminfa");
      if (Files.isRegularFile(program) && Files.isExecutable(program)) {
        return program;
      }
    }
    throw new IOException("no launcher above " + Path.of("").toAbsolutePath());
  }

  private static void deleteRecursively(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> all = Files.walk(directory)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    try {
      if (isAlive()) {
        stop();
      }
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    ChildProcess process = running.process();
    if (process != null) {
      process.close();
    }
    http.close();
  }
}
