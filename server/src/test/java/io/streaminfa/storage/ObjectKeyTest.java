package io.streaminfa.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectKeyTest {
  @ParameterizedTest
  @CsvSource({
    "0, 000000.m4s",
    "7, 000007.m4s",
    "42, 000042.m4s",
    "100000, 100000.m4s",
    "999999, 999999.m4s",
    "1000000, 1000000.m4s",
    "123456789012, 123456789012.m4s"
  })
  void segmentNamesHaveSixDigitsOrMore(long number, String name) {
    assertThat(ObjectKey.segmentName(number)).isEqualTo(name);
  }
}
