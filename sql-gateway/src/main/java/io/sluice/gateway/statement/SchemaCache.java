package io.sluice.gateway.statement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The result schemas of rewritten texts, so that a text that was prepared before costs Spark
 * nothing. It grants nothing: the text in the key was authorised for whoever asks.
 */
final class SchemaCache {

  private static final int MOST_ENTRIES = 10_000;

  private final Cache<Key, Schema> schemas;

  SchemaCache(Ticker ticker) {
    schemas =
        Caffeine.newBuilder()
            .maximumSize(MOST_ENTRIES)
            .expireAfterWrite(Duration.ofMinutes(10))
            .ticker(ticker)
            .build();
  }

  Optional<Schema> find(Key key) {
    return Optional.ofNullable(schemas.getIfPresent(key));
  }

  void put(Key key, Schema schema) {
    schemas.put(key, schema);
  }

  /**
   * All that a schema depends on.
   *
   * @param dependencies the analysis's: the rewritten text's hash, the tables' identities and
   *     schema versions
   * @param parameterTypes what the parameters were analysed as
   * @param configuration what the session has SET
   */
  record Key(
      List<String> dependencies, List<String> parameterTypes, Map<String, String> configuration) {}
}
