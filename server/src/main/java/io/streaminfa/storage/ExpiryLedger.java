package io.streaminfa.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What is to be deleted and when, kept across restarts. Calls block; one thread makes them all, but
 * for {@link #forget}, which any may.
 */
public interface ExpiryLedger {
  /**
   * @param target an object's key, or a directory prefix that ends in a slash
   * @param at not before
   */
  record Expiry(String target, Instant at) {
    public Expiry {
      if (!ObjectKey.isValid(target)) {
        KeyPrefix.check(target);
      }
    }

    boolean isPrefix() {
      return target.endsWith("/");
    }
  }

  /** Keeps all of them when this returns; the newest time of a target counts. */
  void add(Collection<Expiry> expiries) throws StorageException;

  /** What is due, oldest first, at most {@code limit}. */
  List<Expiry> due(Instant now, int limit) throws StorageException;

  /** When the next is due; empty when nothing waits. */
  Optional<Instant> nextDue() throws StorageException;

  /** Forgets what is deleted. */
  void remove(Collection<String> targets) throws StorageException;

  /** Forgets a directory prefix and everything below it: it is deleted by somebody else. */
  void forget(String prefix) throws StorageException;
}
