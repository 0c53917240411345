package io.sluice.planner;

import io.sluice.model.TableName;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.variable.SessionVariable;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an analysis tells of the relations that a statement uses. */
final class Uses {

  private Uses() {}

  /** Returns the tables that are read or written to, and the policies that apply to each. */
  static List<Analysis.RelationUse> of(List<ReadRelation> relations) {
    Map<TableName, Analysis.RelationUse> uses = new LinkedHashMap<>();
    for (ReadRelation relation : relations) {
      for (ReadRelation table : relation.tables().toList()) {
        Set<String> policies = new LinkedHashSet<>(relation.viewPolicyIds());
        policies.addAll(table.policyIds());
        uses.merge(
            table.table().name(),
            new Analysis.RelationUse(
                table.table().name(),
                table.table().uuid(),
                table.table().schemaId(),
                table.isRestricted() || relation.isRestrictedAsView(),
                List.copyOf(policies),
                table.table().details().bytes().orElse(0L)),
            // A table may be read in several states, and by itself and through a view.
            Uses::both);
      }
    }
    return List.copyOf(uses.values());
  }

  private static Analysis.RelationUse both(Analysis.RelationUse first, Analysis.RelationUse next) {
    Set<String> policies = new LinkedHashSet<>(first.policyIds());
    policies.addAll(next.policyIds());
    return new Analysis.RelationUse(
        first.table(),
        first.uuid(),
        first.schemaId(),
        first.restricted() || next.restricted(),
        List.copyOf(policies),
        first.bytes());
  }

  /** Returns what the meaning of a text for Spark depends on. */
  static List<String> dependencies(
      String text, List<ReadRelation> relations, AnalysisRequest request) {
    Set<String> dependencies = new LinkedHashSet<>();
    dependencies.add("principal=" + request.principal().name());
    dependencies.add(
        "namespace=" + request.namespace().catalog() + "." + request.namespace().schema());
    for (ReadRelation relation : relations) {
      relation.view().ifPresent(view -> dependencies.addAll(view.dependencies()));
      dependencies.add("policies=" + relation.decision().policyVersion());
    }
    for (ReadRelation relation : relations.stream().flatMap(ReadRelation::tables).toList()) {
      dependencies.add("policies=" + relation.decision().policyVersion());
      dependencies.add(
          "table=" + relation.table().uuid() + ", schema=" + relation.table().schemaId());
    }
    for (SessionVariable variable : request.variables().all()) {
      // Its type makes the result's, and Spark puts its value into columns' names.
      dependencies.add(
          "variable=" + Digests.sha256(variable.declaration()) + variable.sources().hashCode());
    }
    // Conditions on time, address or groups can change an answer under one version.
    dependencies.add("text=" + Digests.sha256(text));
    return List.copyOf(dependencies);
  }
}
