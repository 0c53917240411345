package io.sluice.gateway.rest;

import io.sluice.gateway.rest.spool.SpoolFile;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.Fault;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a kept result may still be given to its user. While the policies have the version
 * under which it was last authorised it may. Else the statement is authorised anew, and its result
 * is given only if it would read the same; otherwise it is deleted.
 */
final class ResultAuthorization {

  private final StatementService statements;
  private final Supplier<Optional<String>> policies;

  /**
   * @param policies the version of all policies, with what they say of users, roles and tags; empty
   *     where they may decide otherwise each time
   */
  ResultAuthorization(StatementService statements, Supplier<Optional<String>> policies) {
    this.statements = statements;
    this.policies = policies;
  }

  /** Returns the version of the policies of now; one that cannot be told is none. */
  Optional<String> version() {
    try {
      return policies.get();
    } catch (RuntimeException unknown) {
      return Optional.empty();
    }
  }

  /**
   * Authorises giving a statement's result, if it has one. May block.
   *
   * @param user its user, with the groups of now
   * @param clientAddress of who asks for it
   * @return fails with {@code PERMISSION_DENIED}, for good; or with why it cannot be told now
   */
  CompletableFuture<Void> check(RestStatement statement, Principal user, String clientAddress) {
    if (statement.isWithdrawn()) {
      return CompletableFuture.failedFuture(withdrawn());
    }
    Optional<String> version = version();
    Optional<SpoolFile.Part> text =
        statement.result().filter(result -> result.rows() > 0).flatMap(StoredResult::text);
    if (text.isEmpty() || statement.isAuthorized(user, version)) {
      return CompletableFuture.completedFuture(null);
    }
    Origin origin = statement.origin();
    return statements
        .wouldRunAs(user, clientAddress, origin.namespace(), text(statement.file(), text.get()))
        .handle(
            (now, failure) -> {
              if (now != null && now.isPresent() && now.equals(statement.statement().ranAs())) {
                statement.authorized(user, version);
                return null;
              }
              if (failure != null && !isRefusal(failure)) {
                throw Failures.refusal(failure, statement.id());
              }
              statement.withdraw();
              throw withdrawn();
            });
  }

  /** Whatever is not the user's affair may be otherwise in a moment. */
  private static boolean isRefusal(@Nullable Throwable failure) {
    return failure != null
        && Failures.cause(failure) instanceof SluiceException refusal
        && refusal.code().fault() == Fault.USER;
  }

  private static String text(SpoolFile file, SpoolFile.Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int block = 0; block < part.blocks(); block++) {
      bytes.writeBytes(file.read(part, block));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static SluiceException withdrawn() {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "The policies changed after the statement ran, or decide anew each time, and it would be"
            + " refused or read otherwise now, so its result was deleted. Run the statement again.");
  }
}
