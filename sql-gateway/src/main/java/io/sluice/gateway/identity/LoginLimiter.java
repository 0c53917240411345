package io.sluice.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts failed logins of each user from each address, so that guessing is slow. */
final class LoginLimiter {

  /** A minute after the last failure the count starts anew. */
  static final Duration WINDOW = Duration.ofMinutes(1);

  static final int MOST_FAILURES = 10;

  private final Cache<Source, AtomicInteger> failures;

  LoginLimiter(InstantSource clock) {
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterAccess(WINDOW)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /** Returns whether this user may not even try from this address now. */
  boolean isBlocked(String user, String address) {
    AtomicInteger count = failures.policy().getIfPresentQuietly(new Source(user, address));
    return count != null && count.get() >= MOST_FAILURES;
  }

  void failed(String user, String address) {
    failures.get(new Source(user, address), source -> new AtomicInteger()).incrementAndGet();
  }

  void succeeded(String user, String address) {
    failures.invalidate(new Source(user, address));
  }

  private record Source(String user, String address) {}
}
