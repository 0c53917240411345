package io.sluice.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the logins of each address: what failed, of one user and of all, so that guessing is slow,
 * and what is being checked, so that no address takes all the turns. Addresses do not count for
 * each other: nobody is locked out by what comes from elsewhere.
 */
final class LoginLimiter {

  /** A minute after the last failure the count starts anew. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  /** Of one user from one address. */
  static final int MOST_FAILURES = 10;

  /**
   * Of all users from one address, which may be a whole office's, or everybody's behind a proxy.
   * Beyond it the address has one turn at a time: guessing is slow, and nobody is locked out.
   */
  static final int MOST_FAILURES_OF_AN_ADDRESS = 100;

  /** At once from one address: more than a tool's pool of connections. */
  static final int MOST_CHECKS_OF_AN_ADDRESS = 128;

  private final Cache<Source, AtomicInteger> failures;
  private final Cache<String, AtomicInteger> addressFailures;
  private final Map<String, Integer> checks = new HashMap<>();

  LoginLimiter(InstantSource clock) {
    this.failures = counts(clock);
    this.addressFailures = counts(clock);
  }

  private static <K> Cache<K, AtomicInteger> counts(InstantSource clock) {
    return Caffeine.newBuilder()
        .maximumSize(100_000)
        .expireAfterAccess(WINDOW)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .<K, AtomicInteger>build();
  }

  /** Takes a turn for a check; false when the address has too many; else {@link #leave} follows. */
  synchronized boolean enter(String address) {
    int now = checks.getOrDefault(address, 0);
    boolean guessing = reached(addressFailures, address, MOST_FAILURES_OF_AN_ADDRESS);
    if (now >= (guessing ? 1 : MOST_CHECKS_OF_AN_ADDRESS)) {
      return false;
    }
    checks.put(address, now + 1);
    return true;
  }

  synchronized void leave(String address) {
    checks.computeIfPresent(address, (key, now) -> now == 1 ? null : now - 1);
  }

  /** Returns whether this user may not even try from this address now. */
  boolean isBlocked(String user, String address) {
    return reached(failures, new Source(user, address), MOST_FAILURES);
  }

  private static <K> boolean reached(Cache<K, AtomicInteger> counts, K key, int most) {
    AtomicInteger count = counts.policy().getIfPresentQuietly(key);
    return count != null && count.get() >= most;
  }

  void failed(String user, String address) {
    failures.get(new Source(user, address), source -> new AtomicInteger()).incrementAndGet();
    addressFailures.get(address, source -> new AtomicInteger()).incrementAndGet();
  }

  void succeeded(String user, String address) {
    failures.invalidate(new Source(user, address));
  }

  private record Source(String user, String address) {}
}
