package io.streaminfa.state;

import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/** The state database cannot be used. The message names its file and what to do about it. */
public final class StateException extends Exception {
  private static final long serialVersionUID = 1L;

  // The primary codes of sqlite.org/rescode.html.
  private static final int BUSY = 5;
  private static final int READ_ONLY = 8;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private final String reason;

  private StateException(String message, String reason, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The stable name of every such failure. */
  public String code() {
    return "state_store_failed";
  }

  /** A few words that say nothing of the machine, such as {@code no room on the disk}. */
  public String reason() {
    return reason;
  }

  static StateException of(Path file, SQLException e) {
    String reason = reasonOf(e);
    return new StateException(
        "the state database %s: %s (%s)".formatted(file, reason, e.getMessage()), reason, e);
  }

  static StateException of(Path file, String reason) {
    return new StateException("the state database " + file + ": " + reason, reason, null);
  }

  static StateException of(Path file, String reason, Throwable cause) {
    return new StateException("the state database " + file + ": " + reason, reason, cause);
  }

  private static String reasonOf(SQLException e) {
    // "Result codes are signed 32-bit integers. The least significant 8 bits of the result code
    // define a broad category" (sqlite.org/rescode.html, 2).
    int primaryCode =
        e instanceof SQLiteException failure ? failure.getResultCode().code & 0xff : 0;
    return switch (primaryCode) {
      case FULL -> "no room on the disk";
      case NOT_A_DATABASE, CORRUPT ->
          "damaged; bring back a backup of it, or move it away to start without streams";
      case BUSY -> "locked by another program";
      case READ_ONLY, CANNOT_OPEN -> "cannot be opened for writing";
      default -> "failed";
    };
  }
}
