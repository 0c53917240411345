package io.sluice.planner.metadata;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.AccessRequest;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyHealth;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Grants what it is told to and nothing else. */
public final class FakePolicies implements PolicyEngine {

  private final Map<String, Function<TableRequest, TableDecision>> deciders = new HashMap<>();
  private final List<TableRequest> requests = new ArrayList<>();
  private @Nullable RuntimeException failure;
  private boolean silent;

  /** Grants all of a catalog's or a schema's tables; the table {@code *} means every one. */
  public FakePolicies grant(String user, String catalog, String schema, String table) {
    return decide(
        user,
        catalog,
        schema,
        table,
        request -> new TableDecision(true, List.of(), Optional.empty(), Map.of(), "1"));
  }

  /** Grants a table except for some columns, whatever the case of their names. */
  public FakePolicies deny(
      String user, String catalog, String schema, String table, String... columns) {
    return decide(
        user,
        catalog,
        schema,
        table,
        request ->
            new TableDecision(
                true,
                request.columns().stream()
                    .filter(name -> List.of(columns).stream().anyMatch(name::equalsIgnoreCase))
                    .toList(),
                Optional.empty(),
                Map.of(),
                "1"));
  }

  /** Decides one table, or all of a schema's, or all. */
  public FakePolicies decide(
      String user,
      String catalog,
      String schema,
      String table,
      Function<TableRequest, TableDecision> decider) {
    deciders.put(String.join("/", user, catalog, schema, table), decider);
    return this;
  }

  /** Makes every question fail. */
  public void failWith(RuntimeException failure) {
    this.failure = failure;
  }

  /** Makes every decision null, as a broken engine might. */
  public void fallSilent() {
    this.silent = true;
  }

  /** Returns the questions asked so far. */
  public List<TableRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  @SuppressWarnings("NullAway") // a broken engine
  public TableDecision decide(TableRequest request) {
    fail();
    requests.add(request);
    if (silent) {
      return null;
    }
    String user = request.principal().name();
    String catalog = request.table().catalog();
    String schema = request.table().schema();
    for (String key :
        List.of(
            String.join("/", user, catalog, schema, request.table().table()),
            String.join("/", user, catalog, schema, "*"),
            String.join("/", user, catalog, "*", "*"))) {
      if (deciders.containsKey(key)) {
        return deciders.get(key).apply(request);
      }
    }
    return TableDecision.denied("1");
  }

  @Override
  public boolean permits(AccessRequest request) {
    return false;
  }

  @Override
  public boolean restrictsAnybody(TableName table, List<String> columns) {
    return true;
  }

  @Override
  public boolean expressionsHold(TableName table, List<String> words) {
    return true;
  }

  @Override
  public boolean maySee(Principal principal, String catalog, String schema) {
    fail();
    String wanted = principal.name() + "/" + catalog + "/";
    return deciders.keySet().stream()
        .anyMatch(
            key ->
                key.startsWith(wanted)
                    && (schema.equals("*")
                        || key.startsWith(wanted + "*")
                        || key.startsWith(wanted + schema + "/")));
  }

  private void fail() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public PolicyHealth health() {
    return new PolicyHealth(true, "1", List.of());
  }

  @Override
  public void close() {}
}
