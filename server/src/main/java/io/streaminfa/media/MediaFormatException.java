package io.streaminfa.media;

/**
 * Media that cannot be used, and whose fault that is. The defect code is stable: it is the label of
 * a metric and the code of an API error at once.
 */
public abstract sealed class MediaFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String defectCode;

  private MediaFormatException(String defectCode, String message) {
    super(message);
    this.defectCode = defectCode;
  }

  /** A snake_case name that never changes, such as {@code amf0_truncated}. */
  public String defectCode() {
    return defectCode;
  }

  /** The bytes break the format they claim to be in. */
  public static final class Malformed extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    public Malformed(String defectCode, String message) {
      super(defectCode, message);
    }
  }

  /** The bytes are valid, but of a kind this server does not take. */
  public static final class Unsupported extends MediaFormatException {
    private static final long serialVersionUID = 1L;

    public Unsupported(String defectCode, String message) {
      super(defectCode, message);
    }
  }
}
