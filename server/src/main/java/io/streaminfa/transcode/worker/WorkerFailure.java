package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.TranscodeFailure;

/** What ends a transcode before its input does. */
final class WorkerFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean sourceAtFault;

  /**
   * @param code snake_case, as in {@link TranscodeFailure}
   */
  WorkerFailure(String code, String message, boolean sourceAtFault) {
    super(message);
    this.code = code;
    this.sourceAtFault = sourceAtFault;
  }

  TranscodeFailure toFailure() {
    return new TranscodeFailure(code, String.valueOf(getMessage()), sourceAtFault);
  }
}
