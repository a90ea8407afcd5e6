package io.streaminfa.transcode;

/** A file that could not be read or encoded, or a worker that did not do it. */
public final class TranscodeException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean sourceAtFault;

  public TranscodeException(TranscodeFailure failure) {
    super(failure.message());
    this.code = failure.code();
    this.sourceAtFault = failure.sourceAtFault();
  }

  /** Snake_case and stable, as {@link TranscodeFailure#code} and {@link FileTranscoder} say. */
  public String code() {
    return code;
  }

  /** Whether another attempt on the same file would end the same way. */
  public boolean sourceAtFault() {
    return sourceAtFault;
  }
}
