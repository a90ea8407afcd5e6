package io.streaminfa.app;

import io.streaminfa.config.Config;
import io.streaminfa.observability.MetricsRegistry;

/** Constructs the services, starts them in order and closes them in reverse. */
final class Server implements AutoCloseable {
  private final Config config;

  /**
   * @param isDemo whether the server publishes a test picture to itself
   */
  Server(Config config, boolean isDemo, MetricsRegistry metrics) {
    this.config = config;
  }

  /** Serves when this returns. */
  void start() {}

  /** The port that HTTP listens on, once started. */
  int controlPort() {
    return config.server().controlPort();
  }

  /** Stops within {@code server.shutdown_timeout_secs}; may be called again. */
  @Override
  public void close() {}
}
