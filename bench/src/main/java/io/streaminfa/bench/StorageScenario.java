package io.streaminfa.bench;

import io.streaminfa.storage.FileObjectStore;
import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import io.streaminfa.storage.ObjectStore;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.storage.s3.S3ObjectStore;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Puts and gets of segments with each store; of S3 beside the SDK alone. */
final class StorageScenario {
  /**
   * @param pairs alternating runs of the store and the bare SDK
   * @param objects in each run
   */
  record Options(int pairs, int objects) {}

  /** What the design promises of the SDK's time. */
  private static final double MAX_RATIO = 1.10;

  /** Live streams put their renditions' segments side by side. */
  private static final int THREADS = 8;

  private static final List<Integer> SIZES = List.of(200_000, 1_000_000);
  private static final String PREFIX = "bench/";

  private final Home home;
  private final PrintWriter out;

  StorageScenario(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  private interface Target {
    void put(ObjectKey key, ByteBuffer data) throws Exception;

    /** How many bytes came. */
    int get(ObjectKey key) throws Exception;
  }

  private record Times(double putSeconds, double getSeconds) {}

  void run(Options options) throws Exception {
    out.printf("storage: %d objects, %d threads%n", options.objects(), THREADS);
    for (int bytes : SIZES) {
      try (ObjectStore memory = new MemoryObjectStore(Long.MAX_VALUE)) {
        alone("memory", memory, options, bytes);
      }
      try (ObjectStore files = FileObjectStore.open(home.fresh("storage/files"))) {
        alone("file", files, options, bytes);
      }
    }
    try (S3Server server = S3Server.s3proxy(home)) {
      besideTheSdk("S3Proxy", server, options);
    }
    if (S3Server.hasRadosgw()) {
      try (S3Server server = S3Server.radosgw(home)) {
        besideTheSdk("radosgw", server, options);
      }
    } else {
      out.println("  radosgw: n/a, Ceph is not installed");
    }
  }

  private void alone(String name, ObjectStore store, Options options, int bytes) throws Exception {
    List<Times> times = new ArrayList<>();
    for (int i = 0; i < options.pairs(); i++) {
      times.add(measure(target(store), options.objects(), bytes));
      var _ = store.deletePrefix(PREFIX);
    }
    print(name, options, bytes, times);
  }

  private void besideTheSdk(String name, S3Server server, Options options) throws Exception {
    try (ObjectStore store = store(server);
        S3Client client = server.bareClient()) {
      Target ours = target(store);
      Target theirs = target(client);
      for (int bytes : SIZES) {
        // The first requests of either pay for classes and connections.
        var _ = measure(ours, THREADS, bytes);
        var _ = measure(theirs, THREADS, bytes);
        List<Times> our = new ArrayList<>();
        List<Times> their = new ArrayList<>();
        for (int i = 0; i < options.pairs(); i++) {
          our.add(measure(ours, options.objects(), bytes));
          their.add(measure(theirs, options.objects(), bytes));
          var _ = store.deletePrefix(PREFIX);
        }
        print(name, options, bytes, our);
        print(name + ", bare SDK", options, bytes, their);
        verdict("put ratio", series(our, true).over(series(their, true)));
        verdict("get ratio", series(our, false).over(series(their, false)));
      }
    }
  }

  private static ObjectStore store(S3Server server) {
    return new S3ObjectStore(
        new StorageSettings(
            StorageSettings.Backend.S3,
            server.endpoint(),
            S3Server.BUCKET,
            server.accessKey(),
            server.secretKey(),
            "us-east-1",
            true,
            3,
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            0),
        (key, data, s3) -> "public, max-age=86400",
        _ -> {});
  }

  private static Target target(ObjectStore store) {
    return new Target() {
      @Override
      public void put(ObjectKey key, ByteBuffer data) throws Exception {
        store.put(key, data);
      }

      @Override
      public int get(ObjectKey key) throws Exception {
        return store.get(key).orElseThrow().data().remaining();
      }
    };
  }

  private static Target target(S3Client client) {
    return new Target() {
      @Override
      public void put(ObjectKey key, ByteBuffer data) {
        var _ =
            client.putObject(
                request -> request.bucket(S3Server.BUCKET).key(key.value()),
                RequestBody.fromRemainingByteBuffer(data.duplicate()));
      }

      @Override
      public int get(ObjectKey key) {
        ResponseBytes<GetObjectResponse> bytes =
            client.getObjectAsBytes(request -> request.bucket(S3Server.BUCKET).key(key.value()));
        return bytes.asByteArrayUnsafe().length;
      }
    };
  }

  private static Times measure(Target target, int objects, int bytes) throws Exception {
    byte[] random = new byte[bytes];
    new Random(bytes).nextBytes(random);
    ByteBuffer data = ByteBuffer.wrap(random).asReadOnlyBuffer();
    double put = seconds(objects, key -> target.put(key, data));
    double get =
        seconds(
            objects,
            key -> {
              if (target.get(key) != bytes) {
                throw new IllegalStateException(key + " came back with another size");
              }
            });
    return new Times(put, get);
  }

  private interface Call {
    void run(ObjectKey key) throws Exception;
  }

  private static double seconds(int objects, Call call) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      long startNanos = System.nanoTime();
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread;
        done.add(
            executor.submit(
                () -> {
                  for (int i = first; i < objects; i += THREADS) {
                    call.run(new ObjectKey(PREFIX + "high/" + ObjectKey.segmentName(i)));
                  }
                  return first;
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
      return (System.nanoTime() - startNanos) / 1e9;
    }
  }

  private static Series series(List<Times> times, boolean put) {
    return new Series(
        times.stream().map(time -> put ? time.putSeconds() : time.getSeconds()).toList());
  }

  private void print(String name, Options options, int bytes, List<Times> times) {
    row(name + ", put", options, bytes, series(times, true));
    row(name + ", get", options, bytes, series(times, false));
  }

  private void row(String name, Options options, int bytes, Series all) {
    out.printf(
        Locale.ROOT,
        "  %-24s %4d kB: %s; %.0f MB/s, %.2f ms a call%n",
        name,
        bytes / 1000,
        all.text(2, "s"),
        (double) options.objects() * bytes / 1e6 / all.median(),
        all.median() * 1000 * Math.min(THREADS, options.objects()) / options.objects());
  }

  private void verdict(String what, Series ratio) {
    out.printf(
        "  %s %s: %s%n", what, ratio.text(3, ""), ratio.median() <= MAX_RATIO ? "met" : "MISSED");
  }
}
