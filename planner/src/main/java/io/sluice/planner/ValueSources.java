package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
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
        sources.add(new ValueSource(read.table(), read.decision()));
      }
      for (ReadRelation read : relation.views().toList()) {
        TableName name = read.table().name();
        if (!name.catalog().isEmpty()) {
          TableMetadata view = resolver.current(name).orElse(read.table());
          sources.add(new ValueSource(view, resolver.decision(name, view.columnNames(), request)));
        }
      }
    }
    return sources;
  }

  /** Refuses a variable whose value could not be read as it was. */
  void refuseOutdated(AnalysisRequest request) {
    for (SessionVariable variable : request.variables().all()) {
      for (ValueSource source : variable.sources()) {
        if (!isStill(source, request)) {
          throw new SluiceException(
              ErrorCode.VARIABLE_NOT_FOUND,
              "The session variable "
                  + Identifiers.quote(variable.name())
                  + " was dropped, because what its value was read from has changed, or what"
                  + " policies leave of that; set it again.");
        }
      }
    }
  }

  /** The catalog is asked after policy: who may read nothing of a name any more is told nothing. */
  private boolean isStill(ValueSource source, AnalysisRequest request) {
    return source.isStill(resolver.decision(source.relation(), source.columnNames(), request))
        && resolver.current(source.relation()).filter(source::isStill).isPresent();
  }
}
