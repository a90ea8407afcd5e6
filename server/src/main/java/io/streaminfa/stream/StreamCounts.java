package io.streaminfa.stream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How many streams there are of each type in each state; read without a lock. */
final class StreamCounts {
  private final ConcurrentMap<Kind, AtomicLong> counts = new ConcurrentHashMap<>();

  private record Kind(IngestType type, StreamState state) {}

  /** A stream is new, or comes after what it was before. */
  void replaced(@Nullable Stream before, Stream after) {
    boolean isSameKind =
        before != null
            && before.ingestType() == after.ingestType()
            && before.state() == after.state();
    if (isSameKind) {
      return;
    }
    if (before != null) {
      removed(before);
    }
    add(after, 1);
  }

  void removed(Stream stream) {
    add(stream, -1);
  }

  private void add(Stream stream, long difference) {
    Kind kind = new Kind(stream.ingestType(), stream.state());
    counts.computeIfAbsent(kind, _ -> new AtomicLong()).addAndGet(difference);
  }

  long of(StreamFilter filter) {
    return sum(kind -> filter.accepts(kind.type(), kind.state()));
  }

  long all() {
    return sum(_ -> true);
  }

  private long sum(Predicate<Kind> counted) {
    long sum = 0;
    for (Map.Entry<Kind, AtomicLong> count : counts.entrySet()) {
      if (counted.test(count.getKey())) {
        sum += count.getValue().get();
      }
    }
    return sum;
  }
}
