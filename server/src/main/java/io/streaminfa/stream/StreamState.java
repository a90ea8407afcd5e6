package io.streaminfa.stream;

import java.util.Locale;
import java.util.Optional;

/**
 * Where a stream is in its life: {@code pending → live → processing → ready} for live, {@code
 * pending → processing → ready} for files, {@code error} from any of these and {@code deleted} from
 * any. Whether somebody is publishing right now is a flag beside it, not a state: a stream stays
 * live while it waits for its publisher to come back.
 */
public enum StreamState {
  /** Made; no media yet. */
  PENDING,
  /** Media arrives, or arrived a moment ago. */
  LIVE,
  /** No more media arrives; the rest is being encoded or finished. */
  PROCESSING,
  /** Complete and playable. */
  READY,
  /** Given up, with a code that says why. */
  ERROR,
  /** Its media is gone; the record stays for a day. */
  DELETED;

  /** Whether a stream may go from this state to {@code next}. No state leads to itself. */
  public boolean canBecome(StreamState next) {
    return switch (next) {
      case PENDING -> false;
      case LIVE -> this == PENDING;
      case PROCESSING -> this == PENDING || this == LIVE;
      case READY -> this == PROCESSING;
      case ERROR -> this != ERROR && this != DELETED;
      case DELETED -> this != DELETED;
    };
  }

  /** Whether media may still come in: the other states are over for a publisher. */
  public boolean takesMedia() {
    return this == PENDING || this == LIVE;
  }

  /** The name in the API and in metrics. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state that the API calls by this name. */
  public static Optional<StreamState> ofWireName(String name) {
    for (StreamState state : values()) {
      if (state.wireName().equals(name)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
