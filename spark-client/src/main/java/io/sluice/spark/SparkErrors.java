package io.sluice.spark;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Spark's errors as a client may read them. Spark reports all as INTERNAL; error class and SQLSTATE
 * stand in {@code grpc-status-details-bin} and again in the text, which goes on with the query's
 * text or plan: those show the rewritten statement and are cut off.
 */
final class SparkErrors {

  private static final Pattern LEADING_CLASS = Pattern.compile("^\\s*\\[([A-Z][A-Z0-9_.]*)\\]\\s*");
  private static final Pattern SQL_STATE = Pattern.compile("\\s*SQLSTATE: ([0-9A-Z]{5})");

  /** Where the message ends if it has no SQLSTATE: context, plan, position or stack trace. */
  private static final Pattern TAIL =
      Pattern.compile(
          "\\s*(?:\\n\\s*==|;\\s*line \\d+ pos \\d+|\\n'?[A-Z]\\w+ |\\n\\s*at |\\n\\s*\\+-"
              + "|\\n*(?:Driver|JVM) stacktrace).*",
          Pattern.DOTALL);

  /**
   * Where an error is, in the text that Spark was sent: a line and a place counted from 0, or, in a
   * query's context, from 1. The context of a view's text is another's.
   */
  private static final Pattern POSITION =
      Pattern.compile(
          ";\\s*line (\\d{1,9}) pos (\\d{1,9})|== SQL \\(line (\\d{1,9}), position (\\d{1,9})\\) ==");

  private static final Pattern CLASS = Pattern.compile("[A-Z][A-Z0-9_]*(?:\\.[A-Z0-9_]+)*");
  private static final Pattern STATE = Pattern.compile("[0-9A-Z]{5}");

  /** A URI with a path, an absolute path of at least two parts, or the name of a table's file. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?<![\\w/])(?:[a-z][a-z0-9+.-]*:/{1,3}[^\\s'\"`,;)\\]]+|/[^\\s'\"`,;)\\]/]+/[^\\s'\"`,;)\\]]+)"
              + "|[\\w./=%-]+\\.(?:parquet|orc|avro|puffin|metadata\\.json)\\b");

  private static final Pattern JAVA_CLASS =
      Pattern.compile("(?:[a-z][a-z0-9_]*\\.){2,}[A-Z][\\w$]*(?:: )?");

  /** Advice to set what users may not set. */
  private static final Pattern SETTING =
      Pattern.compile(
          "\\s*(?:If necessary,? )?set \"spark\\.[^\"]+\" to [^.]*\\.", Pattern.CASE_INSENSITIVE);

  private SparkErrors() {}

  /** The server went away with whatever ran on it. */
  static SluiceException replicaLost(@Nullable Throwable cause) {
    String message = "The Spark server that ran this statement went away; send the statement again";
    return cause == null
        ? new SluiceException(ErrorCode.REPLICA_LOST, message)
        : new SluiceException(ErrorCode.REPLICA_LOST, message, cause);
  }

  /** Returns whether the connection broke, as opposed to Spark having answered. */
  static boolean isBroken(Status status, Metadata trailers) {
    return switch (status.getCode()) {
      case UNAVAILABLE -> true;
      // Spark's own errors have details; a reset of the stream has none.
      case INTERNAL, UNKNOWN, CANCELLED -> details(status, trailers).isEmpty();
      default -> false;
    };
  }

  static SluiceException of(Throwable failure) {
    if (failure instanceof SluiceException known) {
      return known;
    }
    Metadata trailers = Status.trailersFromThrowable(failure);
    return of(Status.fromThrowable(failure), trailers == null ? new Metadata() : trailers);
  }

  static SluiceException of(Status status, Metadata trailers) {
    if (isBroken(status, trailers)) {
      return replicaLost(status.asException());
    }
    return switch (status.getCode()) {
      case DEADLINE_EXCEEDED ->
          new SluiceException(
              ErrorCode.CLUSTER_UNAVAILABLE, "Spark did not answer in time; try again");
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new SluiceException(
              ErrorCode.CLUSTER_UNAVAILABLE, "The Spark server does not accept the gateway's key");
      case RESOURCE_EXHAUSTED ->
          new SluiceException(
              ErrorCode.EXECUTION_FAILED,
              "A message between the gateway and Spark is larger than 128 MiB");
      default -> reported(status, details(status, trailers));
    };
  }

  private static SluiceException reported(Status status, Optional<ErrorInfo> details) {
    String text = Optional.ofNullable(status.getDescription()).orElse("");
    Matcher leading = LEADING_CLASS.matcher(text);
    boolean named = leading.find();
    String errorClass =
        details
            .map(info -> info.getMetadataOrDefault("errorClass", ""))
            .filter(value -> CLASS.matcher(value).matches())
            .orElse(named ? leading.group(1) : "");
    String body = named ? text.substring(leading.end()) : text;
    Matcher stated = SQL_STATE.matcher(body);
    boolean hasState = stated.find();
    String sqlState =
        details
            .map(info -> info.getMetadataOrDefault("sqlState", ""))
            .filter(value -> STATE.matcher(value).matches())
            .orElse(hasState ? stated.group(1) : ErrorCode.EXECUTION_FAILED.sqlState());
    String message = clean(hasState ? body.substring(0, stated.start()) : body);

    // Spark says so without a class; an error with one may hold a text of the user's.
    if (errorClass.isEmpty() && text.contains("SparkContext was shut down")) {
      return replicaLost(null);
    }
    if (errorClass.startsWith("INVALID_HANDLE.")) {
      return new SluiceException(
          ErrorCode.REPLICA_LOST, "Spark's session of this statement ended; send it again");
    }
    if (errorClass.equals("OPERATION_CANCELED")) {
      return new SluiceException(ErrorCode.OPERATION_CANCELED, "The statement was cancelled");
    }
    if (errorClass.isEmpty()) {
      return new SluiceException(
          ErrorCode.EXECUTION_FAILED, message.isEmpty() ? "Spark gave no reason" : message);
    }
    return SluiceException.ofSpark(errorClass, sqlState, message, position(text));
  }

  private static @Nullable TextPosition position(String text) {
    Matcher found = POSITION.matcher(text);
    if (!found.find()) {
      return null;
    }
    return found.group(1) == null
        ? new TextPosition(Integer.parseInt(found.group(3)), Integer.parseInt(found.group(4)) - 1)
        : new TextPosition(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
  }

  private static String clean(String text) {
    String message = TAIL.matcher(text).replaceFirst("");
    message = SETTING.matcher(message).replaceAll("");
    message = JAVA_CLASS.matcher(message).replaceAll("");
    return PATH.matcher(message).replaceAll("<path>").strip();
  }

  private static Optional<ErrorInfo> details(Status status, Metadata trailers) {
    com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
    for (Any detail : details.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return Optional.of(detail.unpack(ErrorInfo.class));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
