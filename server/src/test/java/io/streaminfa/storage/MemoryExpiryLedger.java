package io.streaminfa.storage;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** A ledger that a test can look into. */
final class MemoryExpiryLedger implements ExpiryLedger {
  final ConcurrentMap<String, Instant> entries = new ConcurrentHashMap<>();
  volatile boolean failing;

  private void check() throws StorageException {
    if (failing) {
      throw new StorageException(StorageException.Kind.UNAVAILABLE, "told to fail");
    }
  }

  @Override
  public void add(Collection<Expiry> expiries) throws StorageException {
    check();
    expiries.forEach(expiry -> entries.put(expiry.target(), expiry.at()));
  }

  @Override
  public List<Expiry> due(Instant now, int limit) throws StorageException {
    check();
    return entries.entrySet().stream()
        .map(entry -> new Expiry(entry.getKey(), entry.getValue()))
        .filter(expiry -> !expiry.at().isAfter(now))
        .sorted(Comparator.comparing(Expiry::at))
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<Instant> nextDue() throws StorageException {
    check();
    return entries.values().stream().min(Comparator.naturalOrder());
  }

  @Override
  public void remove(Collection<String> targets) throws StorageException {
    check();
    entries.keySet().removeAll(targets);
  }

  @Override
  public void forget(String prefix) throws StorageException {
    check();
    entries.keySet().removeIf(target -> target.startsWith(prefix));
  }
}
