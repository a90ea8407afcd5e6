package io.streaminfa.observability;

/**
 * The {@code [observability]} section.
 *
 * @param logLevel trace, debug, info, warn or error
 * @param logFormat json or pretty
 */
public record ObservabilitySettings(
    String logLevel,
    String logFormat,
    boolean metricsEnabled,
    boolean tracingEnabled,
    String tracingEndpoint,
    double tracingSampleRatio) {}
