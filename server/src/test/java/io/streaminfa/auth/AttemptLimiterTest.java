package io.streaminfa.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AttemptLimiterTest {
  static final AuthSettings SETTINGS =
      new AuthSettings(List.of(), List.of(), 5, Duration.ofSeconds(60), Duration.ofMinutes(5));

  private static final InetAddress ALICE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress BOB = InetAddress.ofLiteral("192.0.2.2");

  /** Near the end of the range: nanoTime may overflow between two calls. */
  private long nanos = Long.MAX_VALUE - Duration.ofSeconds(90).toNanos();

  private final AttemptLimiter limiter = new AttemptLimiter(SETTINGS, () -> nanos);

  @Test
  void theSixthFailureWithinAMinuteMeetsTheBlock() {
    for (int i = 0; i < 5; i++) {
      assertThat(limiter.failed(ALICE)).isZero();
      advance(Duration.ofSeconds(10));
    }
    assertThat(limiter.failed(ALICE)).isEqualTo(Duration.ofSeconds(290));
    assertThat(limiter.failed(BOB)).isZero();
  }

  @Test
  void failuresOutsideTheWindowAreForgotten() {
    for (int i = 0; i < 100; i++) {
      assertThat(limiter.failed(ALICE)).isZero();
      advance(Duration.ofSeconds(15));
    }
  }

  @Test
  void aBlockEndsAfterItsTimeAndIsNotProlonged() {
    failFiveTimes(ALICE);
    advance(Duration.ofSeconds(299));
    assertThat(limiter.failed(ALICE)).isEqualTo(Duration.ofSeconds(1));
    advance(Duration.ofSeconds(1));
    assertThat(limiter.failed(ALICE)).isZero();
  }

  @Test
  void anIpv6NetworkCountsAsOne() {
    for (int i = 1; i <= 5; i++) {
      assertThat(limiter.failed(InetAddress.ofLiteral("2001:db8:0:1::" + i))).isZero();
    }
    assertThat(limiter.failed(InetAddress.ofLiteral("2001:db8:0:1:ffff::1"))).isPositive();
    assertThat(limiter.failed(InetAddress.ofLiteral("2001:db8:0:2::1"))).isZero();
  }

  @Test
  void whatIsRememberedIsBounded() {
    for (int i = 0; i < AttemptLimiter.MAX_ADDRESSES + 500; i++) {
      limiter.failed(
          InetAddress.ofLiteral("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256));
    }
    assertThat(limiter.remembered()).isEqualTo(AttemptLimiter.MAX_ADDRESSES);
  }

  @Test
  void aBlockIsLoggedOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger(AttemptLimiter.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      failFiveTimes(ALICE);
      failFiveTimes(ALICE);
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("address_blocked network=192.0.2.1 failures=5 block_secs=300");
  }

  private void failFiveTimes(InetAddress address) {
    for (int i = 0; i < 5; i++) {
      limiter.failed(address);
    }
  }

  private void advance(Duration by) {
    nanos += by.toNanos();
  }
}
