package io.streaminfa.control;

/** A request is answered with a problem; not a fault of the server, so without a stack trace. */
public final class ProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(int status, String code, String detail) {
    super(code + ": " + detail, null, false, false);
    this.problem = new Problem(status, code, detail);
  }

  public Problem problem() {
    return problem;
  }
}
