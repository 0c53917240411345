package io.sluice.gateway.hive;

import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.SessionSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What a client wishes of its session when it opens it: {@code use:database}, {@code cluster}, and
 * settings, under {@code set:hiveconf:}, {@code set:hivevar:} or bare. Both go the way of USE and
 * SET. A setting of Hive's or Spark's that may not be set is left out, as drivers send many.
 */
final class SessionConfiguration {

  private static final String DATABASE = "use:database";
  private static final String SETTING = "set:hiveconf:";

  /** A driver's URL has two lists of settings besides its own. */
  private static final Set<String> CLUSTER_NAMES = Set.of("cluster", "set:hivevar:cluster");

  private static final String PROXY_USER = "hive.server2.proxy.user";

  /** Each is a statement of its own before the session is there. */
  private static final int MOST_SETTINGS = 64;

  private final StatementService statements;
  private final ClientTexts texts;
  private final BufferAllocator allocator;

  SessionConfiguration(StatementService statements, ClientTexts texts, BufferAllocator allocator) {
    this.statements = statements;
    this.texts = texts;
    this.allocator = allocator;
  }

  /**
   * Applies them.
   *
   * @return fails with {@code PERMISSION_DENIED} where the client would act for another user, with
   *     {@code CONFIGURATION_NOT_ALLOWED} for too many settings or a value that one of Sluice's own
   *     does not take, and as USE does
   */
  CompletableFuture<Void> apply(HiveSession session, Map<String, String> wishes) {
    Map<String, String> settings = new TreeMap<>();
    wishes.forEach(
        (key, value) -> {
          String name = name(key);
          if (value != null && (isServed(name) || name.equals(PROXY_USER))) {
            settings.put(name, value);
          }
        });
    String user = session.session().principal().name();
    String proxied = settings.getOrDefault(PROXY_USER, user);
    if (!proxied.equals(user)) {
      return CompletableFuture.failedFuture(
          new SluiceException(
              ErrorCode.PERMISSION_DENIED,
              "User ["
                  + user
                  + "] may not act for another user; leave out "
                  + PROXY_USER
                  + " and log in as that user."));
    }
    settings.remove(PROXY_USER);
    if (settings.size() > MOST_SETTINGS) {
      return CompletableFuture.failedFuture(
          new SluiceException(
              ErrorCode.CONFIGURATION_NOT_ALLOWED,
              "A session is opened with at most "
                  + MOST_SETTINGS
                  + " settings, not "
                  + settings.size()
                  + "; SET the others one by one."));
    }
    String database = wishes.getOrDefault(DATABASE, "");
    CompletableFuture<Void> done =
        database.isBlank()
            ? CompletableFuture.completedFuture(null)
            : texts
                .served(session, ClientTexts.use(database))
                .thenCompose(text -> run(session.session(), text));
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      String key = setting.getKey();
      done = done.thenCompose(next -> set(session.session(), key, setting.getValue()));
    }
    return done;
  }

  private static String name(String key) {
    String name = key.startsWith(SETTING) ? key.substring(SETTING.length()) : key;
    return CLUSTER_NAMES.contains(name) ? SessionSettings.CLUSTER : name;
  }

  /** Hive's own settings mean nothing here. */
  private static boolean isServed(String key) {
    return key.startsWith("spark.") || key.startsWith(SessionSettings.PREFIX);
  }

  private CompletableFuture<Void> set(Session session, String key, String value) {
    String text = "SET " + ClientTexts.quoted(key) + " = " + ClientTexts.quoted(value);
    return run(session, text)
        .exceptionallyCompose(
            failure ->
                Failures.cause(failure) instanceof SluiceException refusal
                        && refusal.code() == ErrorCode.CONFIGURATION_NOT_ALLOWED
                        && !key.startsWith(SessionSettings.PREFIX)
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Void> run(Session session, String text) {
    RowFetcher run = RowFetcher.start(statements.submit(session, text, List.of()), allocator);
    return run.ready().whenComplete((done, failure) -> run.close());
  }
}
