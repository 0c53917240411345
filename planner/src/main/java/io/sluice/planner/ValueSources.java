package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationResolver;
import io.sluice.planner.session.SessionNames;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.ValueSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;

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
          sources.add(new ValueSource(view, resolver.decision(name, view.columns(), request)));
        }
      }
    }
    return sources;
  }

  /** Returns the request, whose variables count as dropped that could not be read as they were. */
  AnalysisRequest current(AnalysisRequest request) {
    return request.with(request.variables().current(variable -> isCurrent(variable, request)));
  }

  /** Refuses variables whose values could not be read as they were. */
  void refuseOutdated(AnalysisRequest request) {
    for (SessionVariable variable : request.variables().all()) {
      if (!isCurrent(variable, request)) {
        throw outdated(variable);
      }
    }
  }

  /**
   * Refuses a text in which a name seems to mean a variable that counts as dropped. Spark does not
   * have it, and refuses the name itself where it was taken for another's here.
   *
   * @param facts what the text holds
   * @param relations what it reads
   */
  void refuseOutdated(
      ParserRuleContext text,
      QueryFacts facts,
      List<ReadRelation> relations,
      AnalysisRequest request) {
    if (request.variables().outdated().isEmpty()) {
      return;
    }
    Set<String> known = new HashSet<>();
    for (ReadRelation relation : relations) {
      known.add(SessionNames.key(relation.table().name().table()));
      relation.shown().columnNames().forEach(column -> known.add(SessionNames.key(column)));
    }
    for (ColumnReferenceContext reference : references(text)) {
      List<String> parts = parts(reference);
      String first = parts.get(0);
      Optional<SessionVariable> variable = request.variables().outdated(parts);
      if (variable.isPresent()
          && !(variable.get().name().equalsIgnoreCase(first)
              && (known.contains(SessionNames.key(first)) || facts.introduces(first)))) {
        throw outdated(variable.get());
      }
    }
  }

  private static List<ColumnReferenceContext> references(ParserRuleContext text) {
    return Trees.all(text, ColumnReferenceContext.class).stream()
        .map(ColumnReferenceContext.class::cast)
        .toList();
  }

  /** Returns a name with what stands behind its dots. */
  private static List<String> parts(ColumnReferenceContext reference) {
    List<String> parts = new ArrayList<>(List.of(Identifiers.name(reference.identifier())));
    ParserRuleContext node = reference;
    while (node.getParent() instanceof DereferenceContext dereference) {
      parts.add(Identifiers.name(dereference.fieldName));
      node = dereference;
    }
    return parts;
  }

  private static SluiceException outdated(SessionVariable variable) {
    return new SluiceException(
        ErrorCode.VARIABLE_NOT_FOUND,
        "The session variable "
            + Identifiers.quote(variable.name())
            + " was dropped, because what its value was read from has changed, or what policies"
            + " leave of that; set it again.");
  }

  /** Returns whether the value could be read as it was. */
  boolean isCurrent(SessionVariable variable, AnalysisRequest request) {
    return variable.sources().stream().allMatch(source -> isStill(source, request));
  }

  /** The catalog is asked after policy: who may read nothing of a name any more is told nothing. */
  private boolean isStill(ValueSource source, AnalysisRequest request) {
    return source.isStill(resolver.decision(source.relation(), source.columns(), request))
        && resolver.current(source.relation()).filter(source::isStill).isPresent();
  }
}
