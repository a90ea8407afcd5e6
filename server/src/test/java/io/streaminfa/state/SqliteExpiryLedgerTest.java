package io.streaminfa.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.storage.ExpiryLedger.Expiry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteExpiryLedgerTest {
  private static final Instant T = Instant.ofEpochMilli(1_000_000);

  @TempDir private Path directory;
  private SqliteDatabase database;
  private SqliteExpiryLedger ledger;

  @BeforeEach
  void open() throws Exception {
    database = SqliteDatabase.open(directory.resolve("state.db"), Optional.empty());
    ledger = new SqliteExpiryLedger(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Expiry expiry(String target, int seconds) {
    return new Expiry(target, T.plusSeconds(seconds));
  }

  @Test
  void whatIsDueComesOldestFirstAndInPages() throws Exception {
    ledger.add(List.of(expiry("s/b", 2), expiry("s/a", 1), expiry("s/", 3), expiry("s/c", 9)));
    assertThat(ledger.nextDue()).contains(T.plusSeconds(1));
    assertThat(ledger.due(T.plusSeconds(3), 2)).containsExactly(expiry("s/a", 1), expiry("s/b", 2));
    ledger.remove(List.of("s/a", "s/b"));
    assertThat(ledger.due(T.plusSeconds(3), 2)).containsExactly(expiry("s/", 3));
    assertThat(ledger.due(T, 2)).isEmpty();
  }

  @Test
  void theNewestTimeOfATargetCounts() throws Exception {
    ledger.add(List.of(expiry("s/a", 1)));
    ledger.add(List.of(expiry("s/a", 5)));
    assertThat(ledger.due(T.plusSeconds(9), 9)).containsExactly(expiry("s/a", 5));
  }

  @Test
  void anotherProcessFindsThem() throws Exception {
    ledger.add(List.of(expiry("s/a", 1)));
    close();
    open();
    assertThat(ledger.nextDue()).contains(T.plusSeconds(1));
  }

  @Test
  void aStreamIsForgottenAndItsNeighboursAreNot() throws Exception {
    ledger.add(
        List.of(expiry("s/", 1), expiry("s/high/1", 1), expiry("s-1/a", 1), expiry("s0/a", 1)));
    ledger.forget("s/");
    assertThat(ledger.due(T.plusSeconds(9), 9).stream().map(Expiry::target))
        .containsExactlyInAnyOrder("s-1/a", "s0/a");
  }

  @Test
  void aHundredThousandAreWrittenInAMoment() throws Exception {
    List<Expiry> many = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      many.add(expiry("stream/high/%06d.m4s".formatted(i), i));
    }
    ledger.add(many);
    assertThat(ledger.due(T.plusSeconds(500_000), 3)).hasSize(3);
  }
}
