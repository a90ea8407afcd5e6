package io.streaminfa.control;

/**
 * What the HTTP side needs of {@code [server]} and {@code [security]}.
 *
 * @param publicUrl base of URLs in answers; empty: from the request's Host
 * @param maxJsonBodyBytes larger JSON bodies are refused with 413
 */
public record ControlSettings(
    String host, int controlPort, int rtmpPort, String publicUrl, long maxJsonBodyBytes) {}
