package io.sluice.gateway.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;

/**
 * Errors as the API tells them: a request that cannot be served has a status and {@code
 * {"error_code", "message"}}; a statement that failed is told of with status 200, under a code of
 * Databricks' {@code ServiceErrorCode}.
 */
final class RestErrors {

  private RestErrors() {}

  /** Returns the answer to a request that cannot be served. */
  static HttpResponse answer(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof ContentTooLargeException) {
      return answer(
          HttpStatus.REQUEST_ENTITY_TOO_LARGE,
          "MALFORMED_REQUEST",
          "The request is longer than the "
              + (StatementsApi.MOST_BODY_BYTES >> 10)
              + " KiB that this path takes.");
    }
    if (cause instanceof StatementRegistry.IdempotencyConflict) {
      return answer(
          HttpStatus.CONFLICT,
          "RESOURCE_CONFLICT",
          "The idempotency_key was used with another statement or other settings of it. Use a new"
              + " key for a new statement.");
    }
    StatementId id = StatementId.random();
    SluiceException refusal = Failures.refusal(failure, id);
    boolean logged = refusal.code() == ErrorCode.INTERNAL_ERROR;
    return answer(
        status(refusal.code()), errorCode(refusal.code()), refusal.clientText(logged ? id : null));
  }

  /** Returns the answer to a request that its authentication refused. */
  static HttpResponse notLetIn(SluiceException refusal) {
    String code =
        switch (refusal.code()) {
          case QUEUE_FULL -> "TEMPORARILY_UNAVAILABLE";
          case PERMISSION_DENIED -> "PERMISSION_DENIED";
          default -> "UNAUTHENTICATED";
        };
    return HttpDoor.json(
        HttpAuthentication.head(refusal), new Body(code, refusal.clientText(null)));
  }

  /** Returns the answer to a path that leads nowhere. */
  static HttpResponse notFound() {
    return answer(HttpStatus.NOT_FOUND, "NOT_FOUND", "There is nothing at this path.");
  }

  /** Returns the answer to a method that a path does not have. */
  static HttpResponse notAllowed() {
    return answer(
        HttpStatus.METHOD_NOT_ALLOWED, "MALFORMED_REQUEST", "This path does not have this method.");
  }

  /** Returns the one answer to an id that leads to none of the caller's statements. */
  static SluiceException unknown() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "There is no such statement of yours, or it is not kept any more. Run it again.");
  }

  private static HttpResponse answer(HttpStatus status, String code, String message) {
    return HttpDoor.json(ResponseHeaders.builder(status), new Body(code, message));
  }

  private static HttpStatus status(ErrorCode code) {
    return switch (code) {
      case INVALID_HANDLE -> HttpStatus.NOT_FOUND;
      case QUEUE_FULL, QUEUE_TIMEOUT -> HttpStatus.TOO_MANY_REQUESTS;
      case PERMISSION_DENIED, CANNOT_AUTHORIZE -> HttpStatus.FORBIDDEN;
      case UNAUTHENTICATED, SESSION_CLOSED -> HttpStatus.UNAUTHORIZED;
      case INTERNAL_ERROR -> HttpStatus.INTERNAL_SERVER_ERROR;
      default ->
          switch (code.fault()) {
            case USER -> HttpStatus.BAD_REQUEST;
            case OPERATOR, CLUSTER, GATEWAY -> HttpStatus.SERVICE_UNAVAILABLE;
          };
    };
  }

  private static String errorCode(ErrorCode code) {
    return switch (code) {
      case PROTOCOL_VIOLATION -> "MALFORMED_REQUEST";
      case INVALID_PARAMETER -> "INVALID_PARAMETER_VALUE";
      case PERMISSION_DENIED, CANNOT_AUTHORIZE -> "PERMISSION_DENIED";
      default -> serviceCode(code);
    };
  }

  /** Returns the code under which a statement's failure is told. */
  static String serviceCode(ErrorCode code) {
    return switch (code) {
      case UNAUTHENTICATED, SESSION_CLOSED -> "UNAUTHENTICATED";
      case INVALID_HANDLE -> "NOT_FOUND";
      case OPERATION_CANCELED -> "CANCELLED";
      case STATEMENT_TIMEOUT -> "DEADLINE_EXCEEDED";
      case RESULT_TOO_LARGE, QUEUE_FULL, QUEUE_TIMEOUT -> "RESOURCE_EXHAUSTED";
      case STATEMENT_OUTDATED, OUTCOME_UNKNOWN -> "ABORTED";
      case SHUTTING_DOWN -> "SERVICE_UNDER_MAINTENANCE";
      case INTERNAL_ERROR -> "INTERNAL_ERROR";
      case EXECUTION_FAILED -> "BAD_REQUEST";
      default ->
          switch (code.fault()) {
            case USER -> "BAD_REQUEST";
            case OPERATOR, CLUSTER, GATEWAY -> "TEMPORARILY_UNAVAILABLE";
          };
    };
  }

  private record Body(@JsonProperty("error_code") String errorCode, String message) {}
}
