package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamStateTest {
  /** Rows are from, columns to, both in the order of the enum; x is allowed. */
  private static final String TABLE =
      """
      pending     . x x . x x
      live        . . x . x x
      processing  . . . x x x
      ready       . . . . x x
      error       . . . . . x
      deleted     . . . . . .
      """;

  @Test
  void everyPairOfStatesIsAsTheContractSays() {
    List<String> rows = new ArrayList<>();
    for (StreamState from : StreamState.values()) {
      StringBuilder row = new StringBuilder("%-11s".formatted(from.wireName()));
      for (StreamState to : StreamState.values()) {
        row.append(from.canBecome(to) ? " x" : " .");
      }
      rows.add(row.toString());
    }
    assertThat(rows).containsExactlyElementsOf(TABLE.lines().toList());
  }

  @Test
  void everyWireNameReadsBack() {
    for (StreamState state : StreamState.values()) {
      assertThat(StreamState.ofWireName(state.wireName())).contains(state);
    }
    assertThat(StreamState.ofWireName("LIVE")).isEmpty();
    assertThat(StreamState.ofWireName("")).isEmpty();
  }
}
