package io.streaminfa.bench;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** nginx with its RTMP module: one process that takes RTMP, writes HLS of it and serves that. */
final class Nginx implements AutoCloseable {
  private static final String MODULE = "ngx_rtmp_module.so";
  private static final long START_DEADLINE_MS = 5000;
  private static final long STOP_DEADLINE_MS = 5000;
  private static final long POLL_MS = 20;

  /**
   * An installed nginx.
   *
   * @param module empty: it is built in
   */
  record Program(Path executable, Optional<Path> module) {}

  private final Process process;
  private final int rtmpPort;
  private final int httpPort;

  private Nginx(Process process, int rtmpPort, int httpPort) {
    this.process = process;
    this.rtmpPort = rtmpPort;
    this.httpPort = httpPort;
  }

  /** BENCH_NGINX and _MODULE, or where distributions put both. */
  static Optional<Program> find() throws IOException, InterruptedException {
    Optional<Path> executable =
        Stream.of(
                System.getenv("BENCH_NGINX"),
                "/usr/sbin/nginx",
                "/usr/local/sbin/nginx",
                "/usr/local/nginx/sbin/nginx")
            .filter(name -> name != null && Files.isExecutable(Path.of(name)))
            .map(Path::of)
            .findFirst();
    Optional<Path> module =
        Stream.of(
                System.getenv("BENCH_NGINX_MODULE"),
                "/usr/lib/nginx/modules/" + MODULE,
                "/usr/lib64/nginx/modules/" + MODULE)
            .filter(name -> name != null && Files.isRegularFile(Path.of(name)))
            .map(Path::of)
            .findFirst();
    if (executable.isEmpty() || (module.isEmpty() && !hasModuleBuiltIn(executable.get()))) {
      return Optional.empty();
    }
    return Optional.of(new Program(executable.get(), module));
  }

  private static boolean hasModuleBuiltIn(Path executable)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(executable.toString(), "-V").redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return words.contains("nginx-rtmp-module");
  }

  static Nginx start(Home home, Program program) throws IOException {
    Path directory = home.fresh("nginx");
    Path media = home.work("nginx/hls");
    int rtmpPort = Product.freePort();
    int httpPort = Product.freePort();
    Path config = directory.resolve("nginx.conf");
    Files.writeString(config, config(program, directory, media, rtmpPort, httpPort));
    Process process =
        new ProcessBuilder(
                program.executable().toString(),
                "-p",
                directory.toString(),
                "-e",
                directory.resolve("error.log").toString(),
                "-c",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.log").toFile())
            .start();
    try {
      awaitListening(process, httpPort);
      awaitListening(process, rtmpPort);
    } catch (IOException e) {
      process.destroyForcibly();
      throw new IOException(e.getMessage() + ": see " + directory.resolve("nginx.log"), e);
    }
    return new Nginx(process, rtmpPort, httpPort);
  }

  private static void awaitListening(Process process, int port) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_DEADLINE_MS);
    while (process.isAlive() && System.nanoTime() < deadlineNanos) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (ConnectException notYet) {
        Pause.ofMillis(POLL_MS);
      }
    }
    throw new IOException("nginx does not listen");
  }

  /** One process, so that its CPU is all of it; segments as long as the product's. */
  private static String config(
      Program program, Path directory, Path media, int rtmpPort, int httpPort) {
    String load = program.module().map(path -> "load_module " + path + ";\n").orElse("");
    return load
        + """
        daemon off;
        master_process off;
        worker_processes 1;
        pid %1$s/nginx.pid;
        events { worker_connections 256; }
        rtmp {
          access_log off;
          server {
            listen 127.0.0.1:%3$d;
            chunk_size 4096;
            application live {
              live on;
              hls on;
              hls_path %2$s;
              hls_fragment 6s;
              hls_playlist_length 30s;
            }
          }
        }
        http {
          access_log off;
          sendfile on;
          client_body_temp_path %1$s/body;
          proxy_temp_path %1$s/proxy;
          fastcgi_temp_path %1$s/fastcgi;
          uwsgi_temp_path %1$s/uwsgi;
          scgi_temp_path %1$s/scgi;
          server {
            listen 127.0.0.1:%4$d;
            location / { root %2$s; }
          }
        }
        """
            .formatted(directory, media, rtmpPort, httpPort);
  }

  URI publish(String name) {
    return URI.create("rtmp://127.0.0.1:" + rtmpPort + "/live/" + name);
  }

  URI play(String name) {
    return URI.create("http://127.0.0.1:" + httpPort + "/" + name + ".m3u8");
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_DEADLINE_MS, TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
