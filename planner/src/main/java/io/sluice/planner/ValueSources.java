package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationResolver;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.ValueSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the values of session variables rest on, and whether they still may be used. */
final class ValueSources {

  private final RelationResolver resolver;

  ValueSources(RelationResolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Returns what values rest on that are read from these: the tables behind them, and the views of
   * catalogs.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for an older state of a table, whose columns had
   *     names that policy cannot be asked about later, and for a table's metadata, which tells of
   *     columns that have other names there
   */
  Set<ValueSource> of(List<ReadRelation> relations, AnalysisRequest request) {
    Set<ValueSource> sources = new LinkedHashSet<>();
    for (ReadRelation relation : relations) {
      for (ReadRelation read : relation.tables().toList()) {
        if (read.occurrence().timeTravel().isPresent() || read.metadata().isPresent()) {
          throw new SluiceException(
              ErrorCode.NOT_SUPPORTED,
              "The value of a session variable is not read from an older state of a table, nor from"
                  + " its metadata; put the query into the statement that needs it.",
              relation.occurrence().position());
        }
        TableMetadata table = read.table();
        sources.add(new ValueSource(table.name(), table.columnNames(), read.decision()));
      }
      for (ReadRelation read : relation.views().toList()) {
        TableMetadata view = read.table();
        if (!view.name().catalog().isEmpty()) {
          sources.add(
              new ValueSource(
                  view.name(),
                  view.columnNames(),
                  resolver.decision(view.name(), view.columnNames(), request)));
        }
      }
    }
    return sources;
  }

  /** Refuses a variable whose value policy would not give as it did. */
  void refuseOutdated(AnalysisRequest request) {
    for (SessionVariable variable : request.variables().all()) {
      for (ValueSource source : variable.sources()) {
        if (!source.isStill(resolver.decision(source.relation(), source.columns(), request))) {
          throw new SluiceException(
              ErrorCode.VARIABLE_NOT_FOUND,
              "The session variable "
                  + Identifiers.quote(variable.name())
                  + " was dropped, because policies have changed what its value was read from;"
                  + " set it again.");
        }
      }
    }
  }
}
