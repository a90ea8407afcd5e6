package io.streaminfa.cli;

/**
 * A word that must stand behind a command.
 *
 * @param label what stands for it in the help, such as FILE
 */
public record Parameter(String label, String description) {}
