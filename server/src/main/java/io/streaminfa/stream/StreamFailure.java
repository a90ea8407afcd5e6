package io.streaminfa.stream;

/**
 * Why a stream is in {@link StreamState#ERROR}.
 *
 * @param code snake_case and stable
 * @param message a sentence for people
 */
public record StreamFailure(String code, String message) {}
