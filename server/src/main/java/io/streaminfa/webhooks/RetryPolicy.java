package io.streaminfa.webhooks;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a delivery that failed is tried again.
 *
 * @param first after the first failure; doubles with each
 * @param most where doubling ends
 * @param mostPause for how long at most a receiver is left alone altogether after failures in a row
 * @param giveUpAfter from a delivery's first attempt on
 * @param deadline of one attempt, from the connection to the answer
 */
record RetryPolicy(
    Duration first, Duration most, Duration mostPause, Duration giveUpAfter, Duration deadline) {
  static final RetryPolicy STANDARD =
      new RetryPolicy(
          Duration.ofSeconds(1),
          Duration.ofMinutes(15),
          Duration.ofSeconds(30),
          Duration.ofDays(1),
          Duration.ofSeconds(10));

  private static final int MAX_DOUBLINGS = 20;

  /**
   * Between half and all of the time, at random, so that those who failed together do not come back
   * together.
   *
   * @param failures so far, from 1
   */
  Duration delay(int failures) {
    return jittered(failures, most);
  }

  /**
   * @param failures in a row, of whatever stream; 0: none
   */
  Duration pause(int failures) {
    return failures == 0 ? Duration.ZERO : jittered(failures, mostPause);
  }

  private Duration jittered(int failures, Duration limit) {
    long doubled = first.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
    long longest = Math.max(1, Math.min(doubled, limit.toMillis()));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(longest / 2, longest) + 1);
  }
}
