package io.streaminfa.auth;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slows down guessing: so many wrong credentials from one address within a window, and further
 * wrong ones are not looked at for a while. One limiter serves every protocol. A right credential
 * is always let in, whatever its address did: many clients share an address behind a proxy, and
 * none of them may lock out the others.
 */
public final class AttemptLimiter {
  /** Addresses remembered at once; the one that was quiet longest is forgotten first. */
  static final int MAX_ADDRESSES = 10_000;

  /** One customer usually has a whole /64, and can use any address in it. */
  private static final int IPV6_PREFIX_BYTES = 8;

  private static final Logger log = LoggerFactory.getLogger(AttemptLimiter.class);

  private final int maxAttempts;
  private final long windowNanos;
  private final long blockNanos;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private final Map<String, Attempts> attemptsByNetwork =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Attempts> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  /**
   * @param nanoTime a clock that never jumps, such as {@code System::nanoTime}
   */
  public AttemptLimiter(AuthSettings settings, LongSupplier nanoTime) {
    this.maxAttempts = settings.maxAttempts();
    this.windowNanos = settings.attemptWindow().toNanos();
    this.blockNanos = settings.blockDuration().toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Records a wrong credential.
   *
   * @return how much longer the address is blocked because of earlier failures, or zero; the
   *     failure that begins a block still gets zero
   */
  public Duration failed(InetAddress address) {
    String network = network(address);
    long now = nanoTime.getAsLong();
    lock.lock();
    try {
      Attempts attempts = attemptsByNetwork.computeIfAbsent(network, _ -> new Attempts());
      Duration before = attempts.blockedFor(now);
      if (!before.isZero()) {
        return before;
      }
      if (attempts.add(now, windowNanos) < maxAttempts) {
        return Duration.ZERO;
      }
      attempts.block(now + blockNanos);
    } finally {
      lock.unlock();
    }
    log.warn(
        "address_blocked network={} failures={} block_secs={}",
        network,
        maxAttempts,
        Duration.ofNanos(blockNanos).toSeconds());
    return Duration.ZERO;
  }

  int remembered() {
    lock.lock();
    try {
      return attemptsByNetwork.size();
    } finally {
      lock.unlock();
    }
  }

  private static String network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] prefix = new byte[16];
    System.arraycopy(address.getAddress(), 0, prefix, 0, IPV6_PREFIX_BYTES);
    try {
      return InetAddress.getByAddress(prefix).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
    }
  }

  /** The failures of one network, of which at most {@code maxAttempts} are kept. */
  private static final class Attempts {
    private final ArrayDeque<Long> failedAtNanos = new ArrayDeque<>();
    private @Nullable Long blockedUntilNanos;

    /** The failures within the window, this one included. */
    int add(long now, long windowNanos) {
      while (!failedAtNanos.isEmpty() && now - failedAtNanos.getFirst() >= windowNanos) {
        failedAtNanos.removeFirst();
      }
      failedAtNanos.addLast(now);
      return failedAtNanos.size();
    }

    void block(long untilNanos) {
      failedAtNanos.clear();
      blockedUntilNanos = untilNanos;
    }

    Duration blockedFor(long now) {
      if (blockedUntilNanos == null) {
        return Duration.ZERO;
      }
      long left = blockedUntilNanos - now;
      return left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    }
  }
}
