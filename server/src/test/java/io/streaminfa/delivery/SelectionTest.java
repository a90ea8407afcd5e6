package io.streaminfa.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.delivery.RangeRequest.Slice;
import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SelectionTest {
  private static Selection select(String... fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return Selection.of(headers, "\"abc\"", 100, true);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'\"abc\"', true",
        "'W/\"abc\"', true",
        "*, true",
        "'\"x\", \"abc\"', true",
        "'\"x,y\",W/\"abc\" ', true",
        "'\"x\"', false",
        "abc, false",
        "'\"ABC\"', false",
        "'\"abc', false",
        "'', false"
      })
  void ifNoneMatchComparesWeakly(String field, boolean notModified) {
    assertThat(select("If-None-Match", field))
        .isEqualTo(notModified ? new Selection.NotModified() : new Selection.Whole());
  }

  @Test
  void ifNoneMatchMayComeInSeveralLines() {
    assertThat(select("If-None-Match", "\"x\"", "If-None-Match", "\"abc\""))
        .isEqualTo(new Selection.NotModified());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {"'\"abc\"', true", "*, true", "'\"x\"', false", "'W/\"abc\"', false"})
  void ifMatchComparesStrongly(String field, boolean holds) {
    assertThat(select("If-Match", field))
        .isEqualTo(holds ? new Selection.Whole() : new Selection.PreconditionFailed());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'\"abc\"', true",
        "'\"x\"', false",
        "'W/\"abc\"', false",
        "'Sat, 29 Oct 1994 19:43:31 GMT', false"
      })
  void ifRangeHoldsForTheSameStrongTagOnly(String field, boolean holds) {
    assertThat(select("Range", "bytes=0-9", "If-Range", field))
        .isEqualTo(holds ? new Selection.Part(new Slice(0, 9)) : new Selection.Whole());
  }

  @Test
  void aConditionGoesBeforeARange() {
    assertThat(select("Range", "bytes=500-", "If-None-Match", "*"))
        .isEqualTo(new Selection.NotModified());
    assertThat(select("Range", "bytes=500-")).isEqualTo(new Selection.Unsatisfiable());
  }
}
