package io.sluice.planner.policy;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides who may do what. Every method fails closed: where the engine cannot decide it throws
 * {@link io.sluice.model.SluiceException} ({@code POLICY_UNAVAILABLE}, {@code POLICY_INVALID}), and
 * a caller must treat any other exception as a refusal too. Safe for use by many threads.
 */
public interface PolicyEngine extends AutoCloseable {

  /** Decides reading one table, whether or not it exists. */
  TableDecision decide(TableRequest request);

  /**
   * Decides an access other than reading, whether or not the object exists. A table's access must
   * be granted on the table; creating one may be granted on its schema instead. A denial of it on
   * the schema, the table or any of its columns refuses it.
   *
   * @return whether policy grants it; false in every case of doubt that is not thrown
   */
  boolean permits(AccessRequest request);

  /**
   * Decides reading and writing a place in storage. One of its spellings must be granted for both,
   * and none denied. By default nothing is granted.
   */
  default boolean permits(LocationRequest request) {
    return false;
  }

  /**
   * Returns which policies grant or deny reading, by column, for texts to administrators; nothing
   * for a column of which no policy speaks. By default none are told.
   */
  default Map<String, String> decidingPolicies(TableRequest request) {
    return Map.of();
  }

  /**
   * Returns which policy grants or denies an access, for texts to administrators; empty where none
   * speaks of it. By default none is told.
   */
  default Optional<String> decidingPolicy(AccessRequest request) {
    return Optional.empty();
  }

  /**
   * Returns which policy decides about a place in storage, for texts to administrators; empty where
   * none speaks of it. By default none is told.
   */
  default Optional<String> decidingPolicy(LocationRequest request) {
    return Optional.empty();
  }

  /**
   * Returns which policies {@link #restrictsAnybody} speaks of, for texts to administrators;
   * nothing where it says no. By default none are told.
   */
  default List<String> restrictingPolicies(TableName table, List<String> columns) {
    return List.of();
  }

  /**
   * Returns which policies have the expressions that {@link #expressionsHold} speaks of, for texts
   * to administrators; nothing where it says no. By default none are told.
   */
  default List<String> holdingPolicies(TableName table, List<String> words) {
    return List.of();
  }

  /**
   * Returns whether any policy filters, masks or denies anything of the table for anybody, at
   * whatever time; true where that cannot be told. What such policies name must keep its name.
   *
   * @param columns all columns of the table; with none, which columns it has is not known, and
   *     whatever a policy says of any counts
   */
  boolean restrictsAnybody(TableName table, List<String> columns);

  /**
   * Returns whether a row filter or mask of the table has an expression, for anybody and at
   * whatever time, in which one of these words stands; true where that cannot be told. A column
   * that takes such a name would change what the expression says.
   *
   * @param words names that the table's columns do not have yet
   */
  boolean expressionsHold(TableName table, List<String> words);

  /**
   * Returns whether the principal holds any privilege on anything in the schema, or, when {@code
   * schema} is {@code "*"}, anywhere in the catalog; what SHOW and USE are filtered by.
   */
  boolean maySee(Principal principal, String catalog, String schema);

  /**
   * Returns what answers about a catalog may be kept under: as long as it stays the same, the same
   * question has the same answer. By default none may be kept.
   *
   * @return empty when every question must be put anew: while nothing is loaded, or when time, the
   *     client's address or a script may have a say
   */
  default Optional<String> version(String catalog) {
    return Optional.empty();
  }

  /** Returns what is loaded and what is wrong. */
  PolicyHealth health();

  @Override
  void close();
}
