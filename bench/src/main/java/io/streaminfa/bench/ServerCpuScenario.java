package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a live stream costs the server's own process: ingest, packaging, storage, delivery. */
final class ServerCpuScenario {
  /**
   * @param streams published at once
   * @param warmUpSeconds before the measurement: classes load, code is compiled
   * @param rungKbps of the one small rung, so that as much is packaged as a real ladder would give
   */
  record Options(int pairs, int streams, int warmUpSeconds, int measuredSeconds, int rungKbps) {}

  private static final Resolution HD = new Resolution(1280, 720);
  private static final int FRAMES_PER_SECOND = 30;
  private static final int SOURCE_KBPS = 6000;

  private final Home home;
  private final PrintWriter out;
  private final Executable ffmpeg;

  ServerCpuScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
    this.ffmpeg = Executable.load();
  }

  /**
   * One run.
   *
   * @param corePercent of one core, per stream
   * @param deliveredKbps per stream
   */
  private record Load(double corePercent, double deliveredKbps) {}

  void run(Options options) throws IOException, InterruptedException {
    int filmSeconds = options.warmUpSeconds() + options.measuredSeconds() + 10;
    Path film = new Film(HD, FRAMES_PER_SECOND, filmSeconds, SOURCE_KBPS).make(home, ffmpeg);
    Optional<Nginx.Program> nginx = Nginx.find();
    out.printf(
        "server-cpu: %d streams of %d kbit/s, %s; one rung 426x240 of %d kbit/s; %d s after %d s%n",
        options.streams(),
        SOURCE_KBPS,
        HD,
        options.rungKbps(),
        options.measuredSeconds(),
        options.warmUpSeconds());
    List<Load> ours = new ArrayList<>();
    List<Load> theirs = new ArrayList<>();
    for (int i = 0; i < options.pairs(); i++) {
      ours.add(product(options, film));
      if (nginx.isPresent()) {
        theirs.add(nginx(nginx.get(), options, film));
      }
    }
    Series oursPercent = print("streaminfa", ours);
    if (theirs.isEmpty()) {
      out.println("  nginx-rtmp  n/a: no nginx with its RTMP module is installed");
    } else {
      Series theirsPercent = print("nginx-rtmp", theirs);
      out.printf("  ratio %s%n", oursPercent.over(theirsPercent).text(2, ""));
    }
  }

  private Series print(String name, List<Load> loads) {
    Series percent = new Series(loads.stream().map(Load::corePercent).toList());
    Series kbps = new Series(loads.stream().map(Load::deliveredKbps).toList());
    out.printf(
        Locale.ROOT,
        "  %-10s  per stream: %s of a core, delivered %.0f kbit/s%n",
        name,
        percent.text(2, "%"),
        kbps.median());
    return percent;
  }

  private Load product(Options options, Path film) throws IOException, InterruptedException {
    String ladder =
        """
        ingest.max_concurrent_live_streams = %d

        [[transcode.profile_ladder]]
        name = "small"
        width = 426
        height = 240
        bitrate_kbps = %d
        audio_bitrate_kbps = 128
        profile = "high"
        level = "3.0"
        preset = "veryfast"
        """
            .formatted(options.streams(), options.rungKbps());
    try (Product product = Product.start(home, "server-cpu", ladder)) {
      List<URI> publish = new ArrayList<>();
      List<URI> play = new ArrayList<>();
      for (int i = 0; i < options.streams(); i++) {
        Product.Live live = product.createLive();
        publish.add(live.publish());
        play.add(live.master());
      }
      return measure(options, film, product.pid(), publish, play);
    }
  }

  private Load nginx(Nginx.Program program, Options options, Path film)
      throws IOException, InterruptedException {
    try (Nginx nginx = Nginx.start(home, program)) {
      List<URI> publish = new ArrayList<>();
      List<URI> play = new ArrayList<>();
      for (int i = 0; i < options.streams(); i++) {
        publish.add(nginx.publish("stream" + i));
        play.add(nginx.play("stream" + i));
      }
      return measure(options, film, nginx.pid(), publish, play);
    }
  }

  private Load measure(Options options, Path film, long pid, List<URI> publish, List<URI> play)
      throws IOException, InterruptedException {
    Path log = home.work("logs").resolve("server-cpu-publishers.log");
    List<Process> publishers = new ArrayList<>();
    List<HlsPull> pulls = new ArrayList<>();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (URI address : publish) {
        publishers.add(
            ffmpeg.start(log, Executable.words("-re -i " + film + " -c copy -f flv " + address)));
      }
      play.forEach(address -> pulls.add(new HlsPull(http, address)));
      Pause.ofMillis(options.warmUpSeconds() * 1000L);
      double cpuBefore = ProcFile.cpuSeconds(pid);
      long bytesBefore = pulls.stream().mapToLong(HlsPull::bytes).sum();
      long startNanos = System.nanoTime();
      Pause.ofMillis(options.measuredSeconds() * 1000L);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      double cpuSeconds = ProcFile.cpuSeconds(pid) - cpuBefore;
      long bytes = pulls.stream().mapToLong(HlsPull::bytes).sum() - bytesBefore;
      requireAlive(publishers, log);
      return new Load(
          100 * cpuSeconds / seconds / publish.size(), bytes * 8e-3 / seconds / publish.size());
    } finally {
      pulls.forEach(HlsPull::close);
      for (Process publisher : publishers) {
        publisher.destroy();
        publisher.waitFor();
      }
    }
  }

  private static void requireAlive(List<Process> publishers, Path log) throws IOException {
    long ended = publishers.stream().filter(publisher -> !publisher.isAlive()).count();
    if (ended > 0) {
      throw new IOException(ended + " publishers ended during the measurement: see " + log);
    }
  }
}
