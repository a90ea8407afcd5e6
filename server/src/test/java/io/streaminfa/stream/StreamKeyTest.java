package io.streaminfa.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamKeyTest {
  @Test
  void aKeyIsThirtyTwoRandomBytesInBase64url() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String secret = StreamKey.create().secret();
      assertThat(secret).matches("sk_[A-Za-z0-9_-]{43}");
      seen.add(secret);
    }
    assertThat(seen).hasSize(1000);
  }

  @Test
  void theHashIsSha256() {
    // FIPS 180-2, B.1.
    assertThat(KeyHash.of("abc").hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void onlyTheKeyMatchesItsHash() {
    StreamKey key = StreamKey.create();
    assertThat(key.hash().matches(key.secret())).isTrue();
    assertThat(key.hash().matches(key.secret() + " ")).isFalse();
    assertThat(key.hash().matches("")).isFalse();
  }

  @Test
  void noTextOfAKeyHasItsSecret() {
    StreamKey key = StreamKey.create();
    assertThat(key.toString()).doesNotContain(key.secret().substring(3));
    assertThat(key.hash().toString()).hasSize("sha256:".length() + 8);
    assertThat(new NewStream.Made(aStream(key), java.util.Optional.of(key)).toString())
        .doesNotContain(key.secret())
        .doesNotContain(key.hash().hex());
  }

  @Test
  void aHashIsSixtyFourDigits() {
    assertThatThrownBy(() -> new KeyHash("abc")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new KeyHash("G".repeat(64)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void idsOfTheSameMillisecondSortByCreation() {
    TestClock clock = new TestClock();
    StreamId before = StreamId.create(clock);
    for (int i = 0; i < 3000; i++) {
      clock.advance(Duration.ofNanos(1000));
      StreamId next = StreamId.create(clock);
      assertThat(next).isGreaterThan(before);
      before = next;
    }
    assertThat(java.util.UUID.fromString(before.value()).version()).isEqualTo(7);
    assertThat(java.util.UUID.fromString(before.value()).variant()).isEqualTo(2);
  }

  private static Stream aStream(StreamKey key) {
    Clock clock = new TestClock();
    return Stream.builder(StreamId.create(clock), IngestType.RTMP, clock.instant())
        .keyHash(key.hash())
        .build();
  }
}
