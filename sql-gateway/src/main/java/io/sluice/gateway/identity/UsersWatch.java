package io.sluice.gateway.identity;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the users again when their file changes. What is compared is its content, so that it does
 * not matter how it comes to change. A file that cannot be read, says something else, or that
 * others may change or read leaves the users as they were, and a problem to be seen. That holds
 * however long it lasts, as it does for policies: a slip in a file is to lock nobody out.
 */
public final class UsersWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UsersWatch.class);

  private final UserFile file;
  private final CurrentUsers users;
  private final InstantSource clock;
  private final ScheduledFuture<?> looks;

  /** Of what was read last; null when that could not be used. */
  private @Nullable HashCode seen;

  private volatile Health health;

  /**
   * @param every how often the file is looked at
   * @param timer starts the looks
   * @param reading reads the file; may block
   */
  public UsersWatch(
      UserFile file,
      CurrentUsers users,
      Duration every,
      ScheduledExecutorService timer,
      Executor reading,
      InstantSource clock) {
    this.file = file;
    this.users = users;
    this.clock = clock;
    this.health = new Health(Optional.empty(), Optional.of(clock.instant()));
    this.looks =
        timer.scheduleWithFixedDelay(
            () -> lookLater(reading), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * How the users in use stand to their file.
   *
   * @param problem why the file is not used as it is now, for the log alone
   * @param confirmed when the users were last found to be what the file says; empty where there is
   *     no file
   */
  public record Health(Optional<String> problem, Optional<Instant> confirmed) {

    /** Of users that come from no file. */
    public static final Health FIXED = new Health(Optional.empty(), Optional.empty());
  }

  /** Returns how the users in use stand to their file. */
  public Health health() {
    return health;
  }

  /** What an executor that is full does not take, the next look does. */
  private void lookLater(Executor reading) {
    try {
      reading.execute(this::look);
    } catch (RuntimeException full) {
      LOG.debug("the users were not looked at", full);
    }
  }

  synchronized void look() {
    try {
      byte[] content = file.content();
      HashCode now = Hashing.sha256().hashBytes(content);
      if (!now.equals(seen)) {
        take(UserStore.parse(content));
        seen = now;
      }
      if (health.problem().isPresent()) {
        LOG.info("The users {} can be used again.", file.path());
      }
      health = new Health(Optional.empty(), Optional.of(clock.instant()));
    } catch (IOException | RuntimeException failure) {
      seen = null;
      String problem = String.valueOf(failure.getMessage());
      if (!health.problem().equals(Optional.of(problem))) {
        LOG.error(
            "The users {} have changed and cannot be used. The gateway keeps the ones before, and"
                + " nobody who was taken away since is logged out: {}",
            file.path(),
            problem);
      }
      health = new Health(Optional.of(problem), health.confirmed());
    }
  }

  private void take(UserStore next) {
    Set<String> loggedOut = users.replace(next);
    if (!loggedOut.isEmpty()) {
      LOG.info(
          "The users {} were read again; {} that were changed or taken away are logged out.",
          file.path(),
          loggedOut.size());
    }
  }

  @Override
  public void close() {
    looks.cancel(false);
  }
}
