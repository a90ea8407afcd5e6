package io.streaminfa.control;

/** One thing that the server needs in order to work. */
public interface ReadinessCheck {
  /** The name in the answer of {@code /readyz}, such as {@code disk_space}. */
  String name();

  /** Whether the server is of no use while this fails. */
  boolean critical();

  /**
   * Looks. May block; is interrupted at {@link Readiness#CHECK_DEADLINE} and counts as failed then.
   * Anyone may read the answer, so the detail says nothing that is secret.
   */
  CheckResult check() throws InterruptedException;

  /**
   * @param detail a few words: a version, a free space, a reason
   */
  record CheckResult(boolean ok, String detail) {
    public static CheckResult ok(String detail) {
      return new CheckResult(true, detail);
    }

    public static CheckResult failed(String detail) {
      return new CheckResult(false, detail);
    }
  }
}
