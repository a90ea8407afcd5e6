package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.ingest.PublishHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts RTMP publishers and hands what they send to a {@link PublishHandler}. */
public final class RtmpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RtmpServer.class);

  private static final Duration DEFAULT_CLOSE_TIME = Duration.ofSeconds(10);
  private static final Duration WATCH_INTERVAL = Duration.ofMillis(250);
  private static final Duration PAUSE_AFTER_FAILED_ACCEPT = Duration.ofMillis(100);

  /** For clients that were asked to reconnect; the rest of the closing time is for the others. */
  private static final Duration RECONNECT_GRACE = Duration.ofSeconds(2);

  private final InetSocketAddress address;
  private final RtmpConnection.Shared shared;
  private final Set<Running> connections = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicReference<@Nullable ServerSocket> listener = new AtomicReference<>();
  private volatile @Nullable Thread acceptor;
  private volatile @Nullable Thread watcher;

  private record Running(RtmpConnection connection, Thread thread) {}

  /**
   * @param host what to bind to
   * @param port 0 to 65,535; 0 takes a free one
   */
  public RtmpServer(
      String host, int port, IngestSettings settings, PublishHandler handler, RtmpMetrics metrics) {
    this(host, port, settings, handler, metrics, RtmpTimeouts.DEFAULT);
  }

  RtmpServer(
      String host,
      int port,
      IngestSettings settings,
      PublishHandler handler,
      RtmpMetrics metrics,
      RtmpTimeouts timeouts) {
    this.address = new InetSocketAddress(host, port);
    this.shared =
        new RtmpConnection.Shared(
            settings,
            timeouts,
            handler,
            metrics,
            new ConnectionLimits(
                settings.maxPendingConnections(), settings.maxConcurrentRtmpConnections()),
            new SecureRandom());
  }

  /**
   * Binds and begins to accept. Called once.
   *
   * @throws IOException when the address cannot be bound
   */
  public void start() throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    try {
      socket.bind(address, shared.settings().maxPendingConnections());
    } catch (IOException e) {
      socket.close();
      throw new IOException("RTMP cannot listen on " + address + ": " + e.getMessage(), e);
    }
    listener.set(socket);
    acceptor = Thread.ofPlatform().name("rtmp-accept").daemon().start(() -> acceptAll(socket));
    watcher = Thread.ofVirtual().name("rtmp-watch").start(this::watchAll);
    log.info("RTMP is listening on {}", socket.getLocalSocketAddress());
  }

  /** Whether connections are accepted, for the readiness check. */
  public boolean isListening() {
    ServerSocket socket = listener.get();
    return socket != null && !socket.isClosed();
  }

  /**
   * The port that is bound.
   *
   * @throws IllegalStateException before {@link #start}
   */
  public int port() {
    ServerSocket socket = listener.get();
    if (socket == null) {
      throw new IllegalStateException("not started");
    }
    return socket.getLocalPort();
  }

  /** Closes within ten seconds, or at once what is left when the caller is interrupted. */
  @Override
  public void close() {
    try {
      close(DEFAULT_CLOSE_TIME);
    } catch (InterruptedException e) {
      severAll();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops accepting, asks clients that announced it to reconnect elsewhere or later, ends all
   * streams as shut down, and closes what is left.
   *
   * @param time how long this may take; after it, connections are severed
   */
  public void close(Duration time) throws InterruptedException {
    long endNanos = System.nanoTime() + time.toNanos();
    closing.countDown();
    stopAccepting();
    awaitGone(
        running -> running.connection().wantReconnect(),
        System.nanoTime() + Math.min(RECONNECT_GRACE.toNanos(), time.toNanos() / 4));
    connections.forEach(running -> running.connection().requestEnd(ConnectionEnd.shutdown()));
    awaitGone(_ -> true, endNanos);
    severAll();
  }

  private void severAll() {
    for (Running running : connections) {
      running.connection().sever();
      running.thread().interrupt();
    }
    Thread watching = watcher;
    if (watching != null) {
      watching.interrupt();
    }
  }

  private void stopAccepting() throws InterruptedException {
    ServerSocket socket = listener.get();
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        log.warn("Closing the listener failed", e);
      }
    }
    Thread accepting = acceptor;
    if (accepting != null) {
      accepting.join(Duration.ofSeconds(1));
    }
  }

  private void awaitGone(Predicate<Running> which, long endNanos) throws InterruptedException {
    for (Running running : connections) {
      if (which.test(running)) {
        long leftNanos = endNanos - System.nanoTime();
        if (leftNanos > 0) {
          running.thread().join(Duration.ofNanos(leftNanos));
        }
      }
    }
  }

  private void acceptAll(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        admit(socket.accept());
      } catch (IOException e) {
        if (!socket.isClosed()) {
          // Such as no file descriptors left: the next attempt would fail as fast.
          shared.metrics().error("accept_failed");
          log.warn("Accepting a connection failed", e);
          pause();
        }
      } catch (RuntimeException e) {
        // A defect that one connection met must not close the door to all others.
        shared.metrics().error("accept_failed");
        log.error("Accepting a connection failed", e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      if (closing.await(PAUSE_AFTER_FAILED_ACCEPT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("Accepting no more");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void admit(Socket socket) throws IOException {
    shared.metrics().connected();
    if (!shared.limits().enter()) {
      shared.metrics().error("too_many_pending");
      log.debug("Too many pending connections");
      socket.close();
      return;
    }
    boolean running = false;
    try {
      socket.setTcpNoDelay(true);
      run(socket);
      running = true;
    } finally {
      if (!running) {
        shared.limits().leave();
        socket.close();
      }
    }
  }

  private void run(Socket socket) throws IOException {
    String id = HexFormat.of().toHexDigits(shared.random().nextInt());
    AtomicReference<@Nullable Running> self = new AtomicReference<>();
    RtmpConnection connection =
        new RtmpConnection(
            shared,
            id,
            socket,
            () -> {
              Running done = self.get();
              if (done != null) {
                connections.remove(done);
              }
            });
    // A timed read costs a platform thread two system calls, and a virtual one three threads'
    // waking.
    Thread thread = Thread.ofPlatform().daemon().name("rtmp-" + id).unstarted(connection);
    Running running = new Running(connection, thread);
    self.set(running);
    connections.add(running);
    thread.start();
  }

  private void watchAll() {
    try {
      do {
        connections.forEach(running -> running.connection().watch());
        Thread.sleep(WATCH_INTERVAL);
      } while (true);
    } catch (InterruptedException e) {
      log.debug("No longer watching");
    }
  }
}
