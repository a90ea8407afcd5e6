package io.streaminfa.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * The {@code [server]} section.
 *
 * @param controlPort HTTP; 0 takes any free port
 * @param rtmpPort RTMP; 0 takes any free port
 * @param dataDir state, uploads, file store; relative to the working directory
 * @param publicUrl base of URLs in answers, without a slash at its end; empty: from the request
 * @param shutdownTimeout what a stop may take
 */
public record ServerSettings(
    String host,
    int controlPort,
    int rtmpPort,
    Path dataDir,
    String publicUrl,
    Duration shutdownTimeout) {}
