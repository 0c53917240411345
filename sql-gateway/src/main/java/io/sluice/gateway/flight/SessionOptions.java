package io.sluice.gateway.flight;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.SessionSettings;
import io.sluice.planner.metadata.MetadataReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.apache.arrow.flight.impl.Flight.GetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult.ErrorValue;

/**
 * A session's options: {@code catalog}, {@code schema}, {@code cluster}, and settings by their
 * keys. A setting goes the way of the statement {@code SET}, so that there is one list of what may
 * be set; an option without a value takes the way of {@code RESET}. Either all options of a request
 * are taken, or none.
 */
final class SessionOptions {

  private static final String CATALOG = "catalog";
  private static final String SCHEMA = "schema";
  private static final String CLUSTER = "cluster";

  /** Where a session stands in a catalog that it has just changed to, as after USE in Spark. */
  private static final String DEFAULT_SCHEMA = "default";

  /** More than there are settings; each is checked as a statement is. */
  static final int MOST_OPTIONS = 100;

  private final StatementService statements;
  private final MetadataReader metadata;
  private final Executor blocking;

  SessionOptions(StatementService statements, MetadataReader metadata, Executor blocking) {
    this.statements = statements;
    this.metadata = metadata;
    this.blocking = blocking;
  }

  GetSessionOptionsResult get(Session session) {
    GetSessionOptionsResult.Builder result = GetSessionOptionsResult.newBuilder();
    Namespace namespace = session.namespace();
    session
        .configuration()
        .forEach(
            (key, value) ->
                result.putSessionOptions(
                    key.equals(SessionSettings.CLUSTER) ? CLUSTER : key, text(value)));
    return result
        .putSessionOptions(CATALOG, text(namespace.catalog()))
        .putSessionOptions(SCHEMA, text(namespace.schema()))
        .build();
  }

  /**
   * Sets options, or tells what is wrong with each.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} for too many
   */
  CompletableFuture<SetSessionOptionsResult> set(
      Session session, Map<String, SessionOptionValue> options) {
    if (options.size() > MOST_OPTIONS) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "A request sets at most " + MOST_OPTIONS + " session options; send several");
    }
    SetSessionOptionsResult.Builder errors = SetSessionOptionsResult.newBuilder();
    Map<String, SessionOptionValue> settings = new TreeMap<>(options);
    settings.remove(CATALOG);
    settings.remove(SCHEMA);
    return CompletableFuture.supplyAsync(() -> namespace(session, options, errors), blocking)
        .thenCompose(
            namespace ->
                checked(session, settings, errors)
                    .thenCompose(
                        texts -> {
                          if (errors.getErrorsCount() > 0) {
                            return CompletableFuture.completedFuture(errors.build());
                          }
                          // Another statement may have changed what this one does not speak of.
                          if (options.containsKey(CATALOG) || options.containsKey(SCHEMA)) {
                            session.use(namespace);
                          }
                          return run(session, texts).thenApply(done -> errors.build());
                        }));
  }

  private Namespace namespace(
      Session session,
      Map<String, SessionOptionValue> options,
      SetSessionOptionsResult.Builder errors) {
    MetadataReader visible = metadata.from(session.clientAddress());
    Namespace now = session.namespace();
    String catalog = now.catalog();
    String schema = now.schema();
    if (options.containsKey(CATALOG)) {
      String wanted = options.get(CATALOG).getStringValue();
      if (!visible.catalogs(session.principal()).contains(wanted)) {
        refuse(errors, CATALOG, ErrorValue.INVALID_VALUE);
      } else if (!wanted.equals(catalog)) {
        catalog = wanted;
        schema = DEFAULT_SCHEMA;
      }
    }
    if (options.containsKey(SCHEMA)) {
      String wanted = options.get(SCHEMA).getStringValue();
      if (visible.schemas(session.principal(), catalog).contains(wanted)) {
        schema = wanted;
      } else {
        refuse(errors, SCHEMA, ErrorValue.INVALID_VALUE);
      }
    }
    return new Namespace(catalog, schema);
  }

  /** Returns the statements that make the settings, once each is known to be allowed. */
  private CompletableFuture<List<String>> checked(
      Session session,
      Map<String, SessionOptionValue> settings,
      SetSessionOptionsResult.Builder errors) {
    CompletableFuture<List<String>> texts = CompletableFuture.completedFuture(new ArrayList<>());
    for (Map.Entry<String, SessionOptionValue> setting : settings.entrySet()) {
      texts =
          texts.thenCompose(
              before ->
                  checked(session, setting.getKey(), setting.getValue(), errors)
                      .thenApply(text -> Stream.concat(before.stream(), text.stream()).toList()));
    }
    return texts;
  }

  private CompletableFuture<Optional<String>> checked(
      Session session,
      String name,
      SessionOptionValue value,
      SetSessionOptionsResult.Builder errors) {
    String key = quoted(name.equals(CLUSTER) ? SessionSettings.CLUSTER : name);
    Optional<String> wanted = plain(value);
    boolean unset =
        value.getOptionValueCase() == SessionOptionValue.OptionValueCase.OPTIONVALUE_NOT_SET;
    return allowed(session, "SET " + key, () -> refuse(errors, name, ErrorValue.INVALID_NAME))
        .thenCompose(
            known -> {
              if (known.isEmpty() || unset) {
                return CompletableFuture.completedFuture(known.map(text -> "RESET " + key));
              }
              if (wanted.isEmpty()) {
                refuse(errors, name, ErrorValue.INVALID_VALUE);
                return CompletableFuture.completedFuture(Optional.empty());
              }
              return allowed(
                  session,
                  "SET " + key + " = " + quoted(wanted.get()),
                  () -> refuse(errors, name, ErrorValue.INVALID_VALUE));
            });
  }

  /** Returns the text if it would be served; whatever else is wrong than the text is a failure. */
  private CompletableFuture<Optional<String>> allowed(
      Session session, String text, Runnable refused) {
    return statements
        .prepare(session, text)
        .thenApply(prepared -> Optional.of(text))
        .exceptionallyCompose(
            failure -> {
              if (Failures.cause(failure) instanceof SluiceException known && isOfText(known)) {
                refused.run();
                return CompletableFuture.completedFuture(Optional.empty());
              }
              return CompletableFuture.failedFuture(failure);
            });
  }

  private static boolean isOfText(SluiceException refusal) {
    return refusal.code() == ErrorCode.CONFIGURATION_NOT_ALLOWED
        || refusal.code() == ErrorCode.CLUSTER_NOT_FOUND
        || refusal.code() == ErrorCode.PARSE_SYNTAX_ERROR
        || refusal.code() == ErrorCode.NOT_SUPPORTED;
  }

  private CompletableFuture<Void> run(Session session, List<String> texts) {
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (String text : texts) {
      done =
          done.thenCompose(
              before -> {
                Statement statement = statements.submit(session, text, List.of());
                return UpdateRun.run(statement);
              });
    }
    return done;
  }

  private static Optional<String> plain(SessionOptionValue value) {
    return switch (value.getOptionValueCase()) {
      case STRING_VALUE -> Optional.of(value.getStringValue());
      case BOOL_VALUE -> Optional.of(String.valueOf(value.getBoolValue()));
      case INT64_VALUE -> Optional.of(String.valueOf(value.getInt64Value()));
      case DOUBLE_VALUE -> Optional.of(String.valueOf(value.getDoubleValue()));
      case STRING_LIST_VALUE, OPTIONVALUE_NOT_SET -> Optional.empty();
    };
  }

  private static void refuse(
      SetSessionOptionsResult.Builder errors, String name, ErrorValue reason) {
    errors.putErrors(name, SetSessionOptionsResult.Error.newBuilder().setValue(reason).build());
  }

  private static SessionOptionValue text(String value) {
    return SessionOptionValue.newBuilder().setStringValue(value).build();
  }

  private static String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }
}
