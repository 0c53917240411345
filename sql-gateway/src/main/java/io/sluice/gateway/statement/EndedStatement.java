package io.sluice.gateway.statement;

import io.sluice.gateway.session.Door;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there is to count of a statement that has ended; of its user, text and tables nothing.
 *
 * @param error empty if it was carried out
 * @param cluster that it ran on or waited for; empty before it was routed, and off Spark
 * @param queued how long it waited for its last permit, in vain too; empty if it needed none
 * @param firstRow how long after it came a first row went to its client; empty if none did
 * @param whole how long it took
 * @param rows that were sent
 * @param bytes of Arrow that were sent
 * @param ranAgain whether it was run once more after its replica was lost
 */
public record EndedStatement(
    Door door,
    Kind kind,
    Optional<ErrorCode> error,
    String cluster,
    Optional<Duration> queued,
    Optional<Duration> firstRow,
    Duration whole,
    long rows,
    long bytes,
    boolean ranAgain) {

  /** What kind of statement it was. */
  public enum Kind {
    /** It reads, on Spark. */
    QUERY,
    /** It changes something, on Spark. */
    COMMAND,
    /** Its client sends rows. */
    INGEST,
    /** The gateway answers it or carries it out itself. */
    GATEWAY,
    /** It ended before that was known. */
    UNKNOWN;

    /** Returns its name as metrics have it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static EndedStatement of(
      ManagedStatement statement, @Nullable SluiceException error, long rows, long bytes) {
    Map<StatementState, Instant> reached = statement.reached();
    Instant received = Objects.requireNonNull(reached.get(StatementState.RECEIVED));
    Instant end = Objects.requireNonNull(reached.get(statement.state()));
    Optional<Instant> queued = Optional.ofNullable(reached.get(StatementState.QUEUED));
    return new EndedStatement(
        statement.session().door(),
        statement.kind(),
        Optional.ofNullable(error).map(SluiceException::code),
        statement.route().map(StatementRoute::cluster).orElse(""),
        queued.map(since -> between(since, reached.getOrDefault(StatementState.ROUTED, end))),
        statement.firstRow().map(at -> between(received, at)),
        between(received, end),
        rows,
        bytes,
        statement.ranAgain());
  }

  /** The clock may have been set back meanwhile. */
  private static Duration between(Instant from, Instant to) {
    return from.isBefore(to) ? Duration.between(from, to) : Duration.ZERO;
  }
}
