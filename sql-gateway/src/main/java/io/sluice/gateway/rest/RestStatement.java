package io.sluice.gateway.rest;

import io.sluice.gateway.rest.spool.SpoolFile;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A statement that a client asks for by its id, with its result in the spool once it has succeeded.
 * It ends once: when its result is whole, or with an error. Being closed takes its result away.
 */
final class RestStatement {

  /** As the API names them. */
  enum State {
    PENDING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELED,
    CLOSED
  }

  private static final int LONGEST_TEXT = 1000;

  private final Statement statement;
  private final Origin origin;
  private final String text;
  private final ResultFormat format;
  private final boolean externalLinks;
  private final SpoolFile file;
  private final InstantSource clock;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private @Nullable StoredResult result;
  private @Nullable SluiceException error;
  private @Nullable Instant endedAt;
  private Instant askedAt;
  private boolean closed;
  private boolean withdrawn;
  private Principal authorizedFor;
  private Optional<String> authorizedUnder;

  RestStatement(
      Statement statement,
      Origin origin,
      String text,
      ResultFormat format,
      boolean externalLinks,
      SpoolFile file,
      InstantSource clock) {
    this.statement = statement;
    this.origin = origin;
    this.authorizedFor = origin.principal();
    this.authorizedUnder = origin.policies();
    this.text = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    this.format = format;
    this.externalLinks = externalLinks;
    this.file = file;
    this.clock = clock;
    this.askedAt = clock.instant();
  }

  StatementId id() {
    return statement.id();
  }

  Statement statement() {
    return statement;
  }

  Principal principal() {
    return origin.principal();
  }

  Origin origin() {
    return origin;
  }

  /** Returns the beginning of its text. */
  String text() {
    return text;
  }

  ResultFormat format() {
    return format;
  }

  boolean externalLinks() {
    return externalLinks;
  }

  SpoolFile file() {
    return file;
  }

  /** Completes, never exceptionally, when it has ended; by then its state says how. */
  CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Returns whether it has; may be asked often, where each {@link #ended} leaves something. */
  boolean hasEnded() {
    return ended.isDone();
  }

  /** Takes what its collector ended with; the first of several endings counts. */
  void end(@Nullable StoredResult stored, @Nullable Throwable failure) {
    synchronized (this) {
      if (endedAt != null) {
        return;
      }
      endedAt = clock.instant();
      if (stored != null && failure == null) {
        result = stored;
      } else {
        error =
            failure == null
                ? new SluiceException(ErrorCode.OPERATION_CANCELED, "The statement was ended.")
                : Failures.refusal(failure, id()).ofStatement(id());
      }
      if (closed || error != null) {
        file.close();
      }
    }
    ended.complete(null);
  }

  synchronized State state() {
    if (closed) {
      return State.CLOSED;
    }
    if (endedAt == null) {
      return statement.state() == StatementState.RUNNING || statement.state().isTerminal()
          ? State.RUNNING
          : State.PENDING;
    }
    if (error == null) {
      return State.SUCCEEDED;
    }
    return error.code() == ErrorCode.OPERATION_CANCELED ? State.CANCELED : State.FAILED;
  }

  /** Returns its result, if it succeeded and was not closed. */
  synchronized Optional<StoredResult> result() {
    return closed ? Optional.empty() : Optional.ofNullable(result);
  }

  /** Returns why it did not succeed. */
  synchronized Optional<SluiceException> error() {
    return Optional.ofNullable(error);
  }

  synchronized Optional<Instant> endedAt() {
    return Optional.ofNullable(endedAt);
  }

  /**
   * Returns whether its result was authorised under a version of the policies, for the same user
   * with the same groups.
   */
  synchronized boolean isAuthorized(Principal user, Optional<String> policies) {
    return policies.isPresent() && policies.equals(authorizedUnder) && user.equals(authorizedFor);
  }

  /** Its result was authorised anew. */
  synchronized void authorized(Principal user, Optional<String> policies) {
    authorizedFor = user;
    authorizedUnder = policies;
  }

  /** Takes away its result for good, because its user may not have it any more. */
  void withdraw() {
    synchronized (this) {
      withdrawn = true;
    }
    close();
  }

  synchronized boolean isWithdrawn() {
    return withdrawn;
  }

  /** Somebody asks for it. */
  synchronized void asked() {
    askedAt = clock.instant();
  }

  synchronized Instant askedAt() {
    return askedAt;
  }

  /** Ends it if it has not ended, and frees Spark. */
  void cancel(String reason) {
    if (!ended.isDone()) {
      statement.cancel(reason);
    }
  }

  /** Takes away its result; ends it first if it has not ended. */
  void close() {
    synchronized (this) {
      closed = true;
      if (endedAt != null) {
        file.close();
      }
    }
    cancel("The client closed the statement.");
  }
}
