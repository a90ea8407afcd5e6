package io.streaminfa.config;

import java.util.Locale;

/**
 * One key of one section.
 *
 * @param secret never shown
 */
record Setting<T>(String section, String key, ValueType<T> type, boolean secret) {
  /** {@code server.control_port}. */
  String name() {
    return section + "." + key;
  }

  /** {@code STREAMINFA_SERVER_CONTROL_PORT}. */
  String variable() {
    return "STREAMINFA_" + (section + "_" + key).toUpperCase(Locale.ROOT);
  }
}
