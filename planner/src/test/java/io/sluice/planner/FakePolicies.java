package io.sluice.planner;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.LocationRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.ColumnMask;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.policy.TableRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Policies in memory: whole tables are granted, then narrowed; names without regard to case. */
public final class FakePolicies implements PolicyEngine {

  private record Rule(String user, String table) {
    boolean matches(TableRequest request) {
      return matches(request.principal().name(), request.table().toString());
    }

    boolean speaksOf(TableName table) {
      return matches(user, table.toString());
    }

    private boolean matches(String user, String table) {
      return this.user.equals(user)
          && (this.table.endsWith("*")
              ? table
                  .toLowerCase(java.util.Locale.ROOT)
                  .startsWith(this.table.substring(0, this.table.length() - 1))
              : table.equalsIgnoreCase(this.table));
    }
  }

  private final List<Rule> grants = new ArrayList<>();
  private final Map<Rule, List<String>> onlyColumns = new HashMap<>();
  private final Map<Rule, List<String>> denials = new HashMap<>();
  private final Map<Rule, RowFilter> filters = new HashMap<>();
  private final Map<Rule, Map<String, ColumnMask>> masks = new HashMap<>();
  private final Map<Access, List<Rule>> permits = new HashMap<>();
  private final Set<String> places = new HashSet<>();
  private Optional<RuntimeException> failure = Optional.empty();
  private Optional<String> version = Optional.of("v1");

  /** Grants select on a table, or on all that begin so where the name ends in a star. */
  public FakePolicies grant(String user, String table) {
    grants.add(new Rule(user, table));
    return this;
  }

  public FakePolicies grantOnly(String user, String table, String... columns) {
    onlyColumns.put(new Rule(user, table), List.of(columns));
    return grant(user, table);
  }

  public FakePolicies deny(String user, String table, String... columns) {
    denials.put(new Rule(user, table), List.of(columns));
    return this;
  }

  public FakePolicies filter(String user, String table, String expression) {
    filters.put(new Rule(user, table), new RowFilter(expression, "7"));
    return this;
  }

  public FakePolicies mask(String user, String table, String column, String type) {
    return mask(user, table, column, type, null);
  }

  public FakePolicies mask(
      String user, String table, String column, String type, @Nullable String expression) {
    masks
        .computeIfAbsent(new Rule(user, table), key -> new HashMap<>())
        .put(column, new ColumnMask(type, Optional.ofNullable(expression), "8"));
    return this;
  }

  /** Permits an access to a schema {@code catalog.schema}, or to tables as grant does. */
  public FakePolicies permit(String user, Access access, String object) {
    permits.computeIfAbsent(access, key -> new ArrayList<>()).add(new Rule(user, object));
    return this;
  }

  public FakePolicies permitAll(String user, String object) {
    for (Access access : Access.values()) {
      permit(user, access, object);
    }
    return this;
  }

  /** Permits every place in storage. */
  public FakePolicies permitPlaces(String user) {
    places.add(user);
    return this;
  }

  @Override
  public boolean permits(LocationRequest request) {
    if (failure.isPresent()) {
      throw failure.get();
    }
    return places.contains(request.principal().name());
  }

  public FakePolicies failWith(RuntimeException failure) {
    this.failure = Optional.of(failure);
    return this;
  }

  /** Sets what answers may be kept under; empty when none may be kept. */
  public FakePolicies version(Optional<String> now) {
    version = now;
    return this;
  }

  @Override
  public Optional<String> version(String catalog) {
    return version;
  }

  @Override
  public TableDecision decide(TableRequest request) {
    if (failure.isPresent()) {
      throw failure.get();
    }
    if (grants.stream().noneMatch(rule -> rule.matches(request))) {
      return TableDecision.denied("v1");
    }
    List<String> denied = new ArrayList<>();
    for (String column : request.columns()) {
      boolean outside =
          onlyColumns.entrySet().stream()
              .anyMatch(
                  entry -> entry.getKey().matches(request) && !entry.getValue().contains(column));
      boolean named =
          denials.entrySet().stream()
              .anyMatch(
                  entry -> entry.getKey().matches(request) && entry.getValue().contains(column));
      if (outside || named) {
        denied.add(column);
      }
    }
    Map<String, ColumnMask> masked = new HashMap<>();
    masks.forEach(
        (rule, byColumn) -> {
          if (rule.matches(request)) {
            masked.putAll(byColumn);
          }
        });
    masked.keySet().removeAll(denied);
    masked.keySet().retainAll(request.columns());
    Optional<RowFilter> filter =
        filters.entrySet().stream()
            .filter(entry -> entry.getKey().matches(request))
            .map(Map.Entry::getValue)
            .findFirst();
    return new TableDecision(true, denied, filter, masked, "v1");
  }

  /** Grants are of policy 1, denials of policy 2. */
  @Override
  public Map<String, String> decidingPolicies(TableRequest request) {
    Map<String, String> policies = new HashMap<>();
    TableDecision decision = decide(request);
    for (String column : request.columns()) {
      if (decision.granted()) {
        policies.put(column, decision.deniedColumns().contains(column) ? "2" : "1");
      }
    }
    return policies;
  }

  /** Grants are of policy 3. */
  @Override
  public Optional<String> decidingPolicy(AccessRequest request) {
    return permits(request) ? Optional.of("3") : Optional.empty();
  }

  @Override
  public boolean permits(AccessRequest request) {
    if (failure.isPresent()) {
      throw failure.get();
    }
    String object =
        request.catalog()
            + "."
            + request.schema()
            + request.table().map(table -> "." + table).orElse("");
    return permits.getOrDefault(request.access(), List.of()).stream()
        .anyMatch(rule -> rule.matches(request.principal().name(), object));
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    return filters.keySet().stream().anyMatch(rule -> rule.speaksOf(table))
        || denials.entrySet().stream()
            .anyMatch(
                entry -> entry.getKey().speaksOf(table) && holdsOne(columns, entry.getValue()))
        || masks.entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getKey().speaksOf(table) && holdsOne(columns, entry.getValue().keySet()));
  }

  /** Filters are of policy 7, masks of 8, denials of 2. */
  @Override
  public List<String> restrictingPolicies(TableName table, List<String> columns) {
    List<String> ids = new ArrayList<>();
    if (filters.keySet().stream().anyMatch(rule -> rule.speaksOf(table))) {
      ids.add("7");
    }
    if (masks.entrySet().stream()
        .anyMatch(
            entry ->
                entry.getKey().speaksOf(table) && holdsOne(columns, entry.getValue().keySet()))) {
      ids.add("8");
    }
    if (denials.entrySet().stream()
        .anyMatch(entry -> entry.getKey().speaksOf(table) && holdsOne(columns, entry.getValue()))) {
      ids.add("2");
    }
    return ids;
  }

  /** As if all expressions were of policy 7. */
  @Override
  public List<String> holdingPolicies(TableName table, List<String> words) {
    return expressionsHold(table, words) ? List.of("7") : List.of();
  }

  /** Grants of places are of policy 4. */
  @Override
  public Optional<String> decidingPolicy(LocationRequest request) {
    return permits(request) ? Optional.of("4") : Optional.empty();
  }

  private static boolean holdsOne(List<String> columns, Collection<String> named) {
    return columns.isEmpty()
        || columns.stream().anyMatch(column -> named.stream().anyMatch(column::equalsIgnoreCase));
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    return Stream.concat(
            filters.entrySet().stream().map(Map.Entry::toString),
            masks.entrySet().stream().map(Map.Entry::toString))
        .filter(entry -> entry.contains(table.toString()))
        .anyMatch(
            entry ->
                Stream.of(entry.split("\\W+"))
                    .anyMatch(word -> words.stream().anyMatch(word::equalsIgnoreCase)));
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    return grants.stream().anyMatch(rule -> rule.user().equals(principal.name()));
  }

  @Override
  public PolicyHealth health() {
    return new PolicyHealth(true, "v1", List.of());
  }

  @Override
  public void close() {}
}
