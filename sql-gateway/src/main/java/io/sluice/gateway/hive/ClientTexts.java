package io.sluice.gateway.hive;

import io.sluice.gateway.session.Session;
import io.sluice.planner.metadata.MetadataReader;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The statements that clients send of their own accord, and what becomes of them: clients of Hive
 * take it for granted that there is a schema {@code default}.
 */
final class ClientTexts {

  private static final Pattern USE_DEFAULT =
      Pattern.compile("\\s*USE\\s+`?default`?\\s*;?\\s*", Pattern.CASE_INSENSITIVE);

  private final MetadataReader metadata;
  private final Executor blocking;

  /**
   * @param blocking runs what waits for the catalog
   */
  ClientTexts(MetadataReader metadata, Executor blocking) {
    this.metadata = metadata;
    this.blocking = blocking;
  }

  /** Returns USE of a schema that a client names as one word: {@code schema} or with a catalog. */
  static String use(String database) {
    return Arrays.stream(database.split("\\.", -1))
        .map(ClientTexts::quoted)
        .collect(Collectors.joining(".", "USE ", ""));
  }

  /**
   * Returns the statement to run: USE of {@code default} goes to where the session began, unless
   * there is a schema of this name.
   */
  CompletableFuture<String> served(HiveSession session, String sql) {
    if (!USE_DEFAULT.matcher(sql).matches()) {
      return CompletableFuture.completedFuture(sql);
    }
    return CompletableFuture.supplyAsync(
        () -> {
          Session now = session.session();
          boolean there =
              metadata
                  .from(now.clientAddress())
                  .schemas(now.principal(), now.namespace().catalog())
                  .contains("default");
          return there ? sql : use(session.home().catalog() + "." + session.home().schema());
        },
        blocking);
  }

  /** Returns a name in back-ticks. */
  static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
