package io.streaminfa.config;

/**
 * The settings of a start.
 *
 * @param effective the same as text, with where each value came from
 */
public record LoadedConfig(Config config, EffectiveSettings effective) {}
