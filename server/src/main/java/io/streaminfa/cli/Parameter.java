package io.streaminfa.cli;

/**
 * A word that stands behind a command.
 *
 * @param label what stands for it in the help, such as FILE
 * @param isRequired only the last parameters may be left out
 */
public record Parameter(String label, String description, boolean isRequired) {
  /** One that must be there. */
  public Parameter(String label, String description) {
    this(label, description, true);
  }

  /** One that may be left out. */
  public static Parameter optional(String label, String description) {
    return new Parameter(label, description, false);
  }

  /** As it stands in the usage: {@code FILE} or {@code [FILE]}. */
  String synopsis() {
    return isRequired ? label : "[" + label + "]";
  }
}
