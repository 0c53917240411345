package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.TableVersion;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableRequest;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TemporalClauseContext;
import org.jspecify.annotations.Nullable;

/**
 * Says which base table a name means and whether the user may read it. Names resolve as in Spark:
 * one part lies in the session's schema, two parts in its catalog unless the first is a catalog.
 * What a name without privilege stands for is never told.
 */
public final class RelationResolver {

  static final String UNDECIDED =
      "The policy engine could not decide, so nothing is allowed; try again or ask an"
          + " administrator.";

  private final CatalogReader catalog;
  private final PolicyEngine policies;

  public RelationResolver(CatalogReader catalog, PolicyEngine policies) {
    this.catalog = catalog;
    this.policies = policies;
  }

  /**
   * Resolves one occurrence that is neither a common table expression nor a temporary view.
   *
   * @param views reads what turns out to be a view
   * @throws SluiceException {@code PERMISSION_DENIED}, {@code TABLE_OR_VIEW_NOT_FOUND}, {@code
   *     NOT_SUPPORTED}, {@code POLICY_UNAVAILABLE}, {@code CATALOG_UNAVAILABLE}
   */
  public ReadRelation resolve(
      RelationOccurrence occurrence, AnalysisRequest request, ViewReader views) {
    List<String> parts = occurrence.parts();
    if (parts.size() > 1) {
      String first = parts.get(0);
      if (first.equalsIgnoreCase("spark_catalog") || first.equalsIgnoreCase("global_temp")) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "Only tables of the configured catalogs are served.",
            occurrence.position());
      }
    }
    TableName name = baseTable(parts, request);
    if (name == null) {
      return otherThanTable(occurrence, request);
    }
    Optional<TableMetadata> table = table(name, request, denied(request, name));
    Optional<ViewMetadata> view =
        table.isPresent() ? Optional.empty() : view(name, request, denied(request, name));
    TableDecision decision =
        decide(name, table.or(() -> view.map(ViewMetadata::asTable)), List.of(), request);
    if (!decision.granted()) {
      throw parts.size() == 2
          ? suffixOr(occurrence, denied(request, name), request)
          : denied(request, name);
    }
    if (view.isPresent()) {
      return views.read(occurrence, view.get().text(occurrence.position())).under(decision);
    }
    if (table.isEmpty()) {
      throw suffixOr(occurrence, notFound(occurrence), request);
    }
    ReadRelation now = new ReadRelation(occurrence, table.get(), decision);
    Optional<TemporalClauseContext> then = occurrence.timeTravel();
    return then.isEmpty() || grantsEveryColumn(now, request)
        ? now
        : asItWas(now, then.get(), request);
  }

  /** Reads a state of a table of which policy hides something, now or by an earlier name. */
  private ReadRelation asItWas(
      ReadRelation now, TemporalClauseContext then, AnalysisRequest request) {
    TableMetadata table = now.table();
    TableVersion version =
        catalog
            .version(table.name(), TimeTravelClause.read(then, request.timeZone()))
            .orElseThrow(() -> noSuchState(then));
    if (!version.table().uuid().equals(table.uuid())
        || version.table().schemaId() != table.schemaId()) {
      throw new SluiceException(
          ErrorCode.STATEMENT_OUTDATED,
          "The table was changed while the statement was read; send it again.",
          Identifiers.position(then));
    }
    TableDecision decision = decide(table.name(), version.columns(), List.of(), request);
    if (!decision.granted()) {
      throw denied(request, table.name());
    }
    return new ReadRelation(
        now.occurrence(),
        table.withColumns(version.columns()),
        decision,
        Optional.empty(),
        Optional.empty(),
        Optional.of(new ReadRelation.Past(table, version.version())));
  }

  private static SluiceException noSuchState(TemporalClauseContext then) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "The table has no such snapshot, tag or branch, or had none at that time.",
        Identifiers.position(then));
  }

  /** Looks a view up; what is wrong with it is told to those alone who may read it. */
  private Optional<ViewMetadata> view(
      TableName name, AnalysisRequest request, SluiceException denial) {
    if (!isCatalog(name.catalog())) {
      return Optional.empty();
    }
    try {
      return catalog.view(name).filter(view -> view.name().equals(name));
    } catch (RuntimeException unreadable) {
      throw decide(name, Optional.empty(), List.of(), request).granted() ? unreadable : denial;
    }
  }

  /** Returns whether policy hides nothing of a table, nor of what it ever held. */
  public boolean isWhole(ReadRelation relation, AnalysisRequest request) {
    TableMetadata now = relation.past().map(ReadRelation.Past::now).orElse(relation.table());
    return !relation.isRestricted()
        && !now.details().forgetsColumns()
        && !decide(now.name(), Optional.of(now), WholeTable.columns(now), request).isRestricted();
  }

  /**
   * Returns whether policy hides nothing of the table, the columns that it has no more and any
   * other included, as an old snapshot may still show them.
   */
  public boolean grantsEveryColumn(ReadRelation relation, AnalysisRequest request) {
    TableMetadata table = relation.table();
    return !decide(table.name(), Optional.of(table), WholeTable.columns(table), request)
        .isRestricted();
  }

  /**
   * Returns what policy leaves of a table or view now.
   *
   * @param columns all that it has
   */
  public TableDecision decision(TableName name, List<Column> columns, AnalysisRequest request) {
    return decide(name, columns, List.of(), request);
  }

  /** Returns the table of a name, or the view as policies see it, if there is one now. */
  public Optional<TableMetadata> current(TableName name) {
    return catalog.table(name).or(() -> catalog.view(name).map(ViewMetadata::asTable));
  }

  /** Returns whether policy hides anything of a table from the principal, if there is one. */
  public boolean hides(TableName name, AnalysisRequest request) {
    Optional<TableMetadata> table = catalog.table(name);
    TableDecision decision = decide(name, table, List.of(), request);
    return table.isPresent() && (!decision.granted() || decision.isRestricted());
  }

  /** Returns the text for a user who lacks a privilege; the same whether or not it exists. */
  public static SluiceException denied(AnalysisRequest request, TableName name) {
    return denied(request, name.policyPath());
  }

  /** Returns the text for a user who may not read one column. */
  public static SluiceException denied(AnalysisRequest request, TableName name, String column) {
    return denied(request, name.policyPath() + "/" + column);
  }

  private static SluiceException denied(AnalysisRequest request, String path) {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "Permission denied: user ["
            + request.principal().name()
            + "] does not have [select] privilege on ["
            + path
            + "]");
  }

  /** Returns the table that a name means if it means one; null for all other shapes of names. */
  private @Nullable TableName baseTable(List<String> parts, AnalysisRequest request) {
    return switch (parts.size()) {
      case 1 ->
          new TableName(request.namespace().catalog(), request.namespace().schema(), parts.get(0));
      case 2 ->
          isCatalog(parts.get(0))
              ? null
              : new TableName(request.namespace().catalog(), parts.get(0), parts.get(1));
      case 3 ->
          isCatalog(parts.get(0)) ? new TableName(parts.get(0), parts.get(1), parts.get(2)) : null;
      default -> null;
    };
  }

  /** Reads a metadata table behind a table's name; refuses other names that can mean no table. */
  private ReadRelation otherThanTable(RelationOccurrence occurrence, AnalysisRequest request) {
    List<String> parts = occurrence.parts();
    boolean qualified = isCatalog(parts.get(0));
    if (parts.size() < (qualified ? 4 : 3)) {
      throw notFound(occurrence);
    }
    int schema = qualified ? 1 : 0;
    TableName base =
        new TableName(
            qualified ? parts.get(0) : request.namespace().catalog(),
            parts.get(schema),
            parts.get(schema + 1));
    // A name whose first part is no catalog says nothing about any table.
    SluiceException denial =
        qualified || TableSuffix.isSuffix(parts.get(parts.size() - 1))
            ? denied(request, base)
            : notFound(occurrence);
    Optional<TableMetadata> table = table(base, request, denial);
    TableDecision decision = decide(base, table, List.of(), request);
    if (!decision.granted()) {
      throw denial;
    }
    if (table.isEmpty()) {
      throw notFound(occurrence);
    }
    return metadataTable(
        new ReadRelation(occurrence, table.get(), decision),
        parts.subList(schema + 2, parts.size()),
        request);
  }

  /**
   * Reads a metadata table, in the state that it is in. It tells of all that the table holds and
   * held, so policy may hide nothing of that.
   *
   * @param behind the parts behind the table's name
   */
  private ReadRelation metadataTable(
      ReadRelation table, List<String> behind, AnalysisRequest request) {
    RelationOccurrence occurrence = table.occurrence();
    Optional<String> name =
        behind.size() == 1 ? TableSuffix.metadataTable(behind.get(0)) : Optional.empty();
    boolean plain =
        occurrence.holder() instanceof TableContext
            || (occurrence.holder() instanceof TableNameContext read
                && read.temporalClause() == null
                && read.optionsClause() == null);
    if (name.isEmpty() || !plain) {
      throw notServed(occurrence);
    }
    if (!isWhole(table, request)) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] may not read the metadata of ["
              + table.table().name().policyPath()
              + "], of which a policy hides a part");
    }
    List<Column> columns =
        catalog
            .metadataTable(table.table().name(), name.get())
            .orElseThrow(() -> notServed(occurrence));
    return new ReadRelation(
        occurrence,
        table.table().withColumns(columns),
        table.decision(),
        Optional.empty(),
        name,
        Optional.empty());
  }

  /** {@code t.files}, where {@code t} is a table of the session's schema that the user may read. */
  private SluiceException suffixOr(
      RelationOccurrence occurrence, SluiceException otherwise, AnalysisRequest request) {
    List<String> parts = occurrence.parts();
    if (parts.size() != 2 || !TableSuffix.isSuffix(parts.get(1))) {
      return otherwise;
    }
    TableName base =
        new TableName(request.namespace().catalog(), request.namespace().schema(), parts.get(0));
    Optional<TableMetadata> table = table(base, request, otherwise);
    return table.isPresent() && decide(base, table, List.of(), request).granted()
        ? notServed(occurrence)
        : otherwise;
  }

  /** Looks a table up; what is wrong with it is told to those alone who may read it. */
  private Optional<TableMetadata> table(
      TableName name, AnalysisRequest request, SluiceException denial) {
    if (!isCatalog(name.catalog())) {
      return Optional.empty();
    }
    try {
      return catalog.table(name).filter(table -> table.name().equals(name));
    } catch (RuntimeException unreadable) {
      throw decide(name, Optional.empty(), List.of(), request).granted() ? unreadable : denial;
    }
  }

  private TableDecision decide(
      TableName name,
      Optional<TableMetadata> table,
      List<String> moreColumns,
      AnalysisRequest request) {
    return decide(name, table.map(TableMetadata::columns).orElse(List.of()), moreColumns, request);
  }

  private TableDecision decide(
      TableName name, List<Column> columns, List<String> moreColumns, AnalysisRequest request) {
    try {
      return ColumnDecisions.of(
          columns,
          moreColumns,
          names -> new TableRequest(request.principal(), request.clientAddress(), name, names),
          policies);
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(ErrorCode.POLICY_UNAVAILABLE, UNDECIDED, e);
    }
  }

  private boolean isCatalog(String name) {
    return catalog.catalogs().contains(name);
  }

  private static SluiceException notServed(RelationOccurrence occurrence) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "Behind a table's name only metadata tables are served, as schema.table.snapshots and the"
            + " like; no branches, tags, snapshots or changes.",
        occurrence.position());
  }

  /** Returns the text for a user whom policy would grant what is not there. */
  public static SluiceException notFound(RelationOccurrence occurrence) {
    return new SluiceException(
        ErrorCode.TABLE_OR_VIEW_NOT_FOUND,
        "The table or view "
            + Identifiers.quote(occurrence.parts())
            + " cannot be found. Verify the spelling and correctness of the schema and catalog.",
        occurrence.position());
  }
}
