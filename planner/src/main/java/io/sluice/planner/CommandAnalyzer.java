package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.NotFound;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.relation.CommandInspector;
import io.sluice.planner.relation.Locations;
import io.sluice.planner.relation.ObjectName;
import io.sluice.planner.relation.Privileges;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.relation.VisibleRows;
import io.sluice.planner.rewrite.Replacement;
import io.sluice.planner.statement.Need;
import io.sluice.planner.statement.Need.Subject;
import io.sluice.planner.statement.StatementKind;
import io.sluice.planner.statement.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AddTableColumnsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateNamespaceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropTableColumnsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LocationSpecContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MergeIntoTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RenameTableColumnContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RenameTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ReplaceTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableElementContext;

/**
 * Authorises writes and definitions, in this order: what the text holds, then the privileges that
 * the statement table lists, then, with {@link QueryAnalyzer}, what it reads.
 */
final class CommandAnalyzer {

  /** Kinds after which a policy's names could speak of other data, or of none. */
  private static final Set<Class<?>> CHANGING_NAMES =
      Set.of(
          RenameTableContext.class, RenameTableColumnContext.class, DropTableColumnsContext.class);

  private final CatalogReader catalog;
  private final TargetNames names;
  private final Privileges privileges;
  private final Locations locations;
  private final Principals principals;
  private final Forcing forcing;
  private final QueryAnalyzer queries;

  CommandAnalyzer(
      CatalogReader catalog, PolicyEngine policies, Principals principals, QueryAnalyzer queries) {
    this.principals = principals;
    this.forcing = new Forcing(principals);
    this.catalog = catalog;
    this.names = new TargetNames(catalog);
    this.privileges = new Privileges(catalog, policies);
    this.locations = new Locations(catalog, policies);
    this.queries = queries;
  }

  /**
   * Analyses a command.
   *
   * @param shown what Spark is given: the command or the EXPLAIN around it
   * @param kind one that is a command
   */
  Analysis.SparkQuery analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext shown,
      ParserRuleContext statement,
      StatementKind kind,
      AnalysisRequest request) {
    IcebergColumns.refuse(sql.tokens().getTokens());
    QueryFacts facts = CommandInspector.inspect(statement);
    if (kind.verdict() == Verdict.DEFINITION && facts.parameters() > 0) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          kind.name() + " takes no parameters; write the values.",
          Identifiers.position(statement));
    }
    if (facts.needsAdministrator() && !principals.isAdministrator(request.principal())) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] is not an administrator, and the property "
              + VisibleRows.PROPERTY
              + " is for administrators only",
          Identifiers.position(statement));
    }
    boolean forced = requireTargets(kind, facts, request);
    Map<ParserRuleContext, List<String>> written = define(statement, kind, facts, request);
    forced |= changesNames(statement, facts, request);
    Optional<Replacement> replacement = replacement(statement, facts, request);
    Analysis.SparkQuery command =
        queries.analyzeCommand(
            sql,
            shown,
            statement,
            facts,
            written,
            replacement,
            namesHidden(kind, facts, request),
            request);
    if (replacement.isPresent() && !replacement.get().creates()) {
      // What its query reads is authorised now, so a refusal may tell of its columns.
      forced |=
          privileges.requireReplaceable(
              replacement.get().table(),
              replacement.get().columns(),
              forcing.isMeant(request),
              request);
    }
    return forced ? command.noted(Forcing.NOTE) : command;
  }

  /**
   * Requires what a write needs on its targets.
   *
   * @return whether it may add columns to one that a policy restricts, by an administrator's force
   */
  boolean requireTargets(StatementKind kind, QueryFacts facts, AnalysisRequest request) {
    boolean forced = false;
    for (RelationOccurrence target : facts.targets()) {
      refuseTemporary(target.parts(), target.position(), request);
      require(
          kind, Subject.TABLE, names.table(target.parts(), target.position(), request), request);
      if (target.holder() instanceof MergeIntoTableContext merge && merge.EVOLUTION() != null) {
        TableName table = names.table(target.parts(), target.position(), request);
        privileges.require(Access.ALTER, table, request);
        // Which columns it adds, its source tells when it runs.
        forced |=
            privileges.requireReplaceable(
                table, Optional.empty(), forcing.isMeant(request), request);
      }
    }
    return forced;
  }

  /** Spark's errors about a definition print the table's whole schema. */
  private boolean namesHidden(StatementKind kind, QueryFacts facts, AnalysisRequest request) {
    if (facts.objects().isEmpty() || kind.needs().get(0).subject() == Subject.SCHEMA) {
      return false;
    }
    ObjectName first = facts.objects().get(0);
    return queries.hides(names.table(first.parts(), first.position(), request), request);
  }

  /** Authorises what a definition names, and returns what each name is to become. */
  private Map<ParserRuleContext, List<String>> define(
      ParserRuleContext statement, StatementKind kind, QueryFacts facts, AnalysisRequest request) {
    Map<ParserRuleContext, List<String>> written = new LinkedHashMap<>();
    if (facts.objects().isEmpty()) {
      return written;
    }
    ObjectName first = facts.objects().get(0);
    if (kind.needs().get(0).subject() == Subject.SCHEMA) {
      Namespace schema =
          statement instanceof CreateNamespaceContext
              ? names.newSchema(first.parts(), first.position(), request)
              : names.schema(first.parts(), first.position(), request);
      for (Need need : kind.needs()) {
        privileges.require(need.access(), schema, request);
      }
      if (statement instanceof CreateNamespaceContext create) {
        requireLocation(create.locationSpec(), schema.catalog(), request);
      }
      written.put(first.naming(), List.of(schema.catalog(), schema.schema()));
      return written;
    }
    boolean isNew =
        statement instanceof CreateTableContext || statement instanceof ReplaceTableContext;
    TableName table =
        isNew
            ? names.newTable(first.parts(), first.position(), request)
            : names.table(first.parts(), first.position(), request);
    if (!isNew) {
      refuseTemporary(first.parts(), first.position(), request);
    }
    require(kind, Subject.TABLE, table, request);
    if (statement instanceof CreateTableContext create) {
      requireLocation(create.createTableClauses().locationSpec(), table.catalog(), request);
    }
    refuseView(table, isNew, first);
    written.put(first.naming(), List.of(table.catalog(), table.schema(), table.table()));
    if (statement instanceof RenameTableContext) {
      ObjectName second = facts.objects().get(1);
      TableName renamed = names.renamed(table, second.parts(), second.position());
      require(kind, Subject.NEW_TABLE, renamed, request);
      refuseView(renamed, true, second);
      written.put(second.naming(), List.of(renamed.schema(), renamed.table()));
    }
    if (statement instanceof RenameTableContext || statement instanceof RenameTableColumnContext) {
      // Under another name there might be more of it that the principal may read.
      queries.requireWhole(
          new RelationOccurrence(
              (IdentifierReferenceContext) first.naming(), statement, first.parts(), false),
          request);
    }
    return written;
  }

  private void requireLocation(
      List<LocationSpecContext> clauses, String catalogName, AnalysisRequest request) {
    if (clauses.size() > 1) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "There is one LOCATION at most.",
          Identifiers.position(clauses.get(1)));
    }
    for (LocationSpecContext clause : clauses) {
      locations.require(clause, catalogName, request);
    }
  }

  /** Returns whether it changes names of which a policy speaks, by an administrator's force. */
  private boolean changesNames(
      ParserRuleContext statement, QueryFacts facts, AnalysisRequest request) {
    if (statement instanceof AddTableColumnsContext add) {
      ObjectName table = facts.objects().get(0);
      return privileges.requireUnspoken(
          names.table(table.parts(), table.position(), request),
          addedColumns(add),
          forcing.isMeant(request),
          request);
    }
    if (!CHANGING_NAMES.contains(statement.getClass())) {
      return false;
    }
    ObjectName first = facts.objects().get(0);
    TableName table = names.table(first.parts(), first.position(), request);
    List<String> columns = newColumns(statement);
    boolean meant = forcing.isMeant(request);
    return privileges.requireUnrestricted(table, meant, request)
        || privileges.requireNewNames(table, columns, meant, request);
  }

  /** Returns what is replaced if policies speak of such a table. */
  private Optional<Replacement> replacement(
      ParserRuleContext statement, QueryFacts facts, AnalysisRequest request) {
    if (!(statement instanceof ReplaceTableContext replace)) {
      return Optional.empty();
    }
    ObjectName named = facts.objects().get(0);
    TableName table = names.table(named.parts(), named.position(), request);
    if (!privileges.mayBeRestricted(table)) {
      return Optional.empty();
    }
    boolean creates = catalog.table(table).isEmpty();
    if (creates && replace.replaceTableHeader().CREATE() == null) {
      throw NotFound.table(named.parts(), named.position());
    }
    return Optional.of(
        new Replacement(
            replace,
            table,
            creates,
            replace.query() == null
                ? Optional.of(listedColumns(replace))
                : queries.columnNames(replace.query(), facts, request)));
  }

  private static List<String> listedColumns(ReplaceTableContext replace) {
    return replace.tableElementList() == null
        ? List.of()
        : replace.tableElementList().tableElement().stream()
            .map(TableElementContext::colDefinition)
            .filter(Objects::nonNull)
            .map(column -> Identifiers.name(column.colName))
            .toList();
  }

  private static List<String> newColumns(ParserRuleContext statement) {
    return statement instanceof RenameTableColumnContext rename
        ? List.of(Identifiers.name(rename.to))
        : List.of();
  }

  /** What is added within a column has no name of its own in an expression. */
  private static List<String> addedColumns(AddTableColumnsContext add) {
    return add.columns.qualifiedColTypeWithPosition().stream()
        .map(column -> column.name.parts)
        .filter(parts -> parts.size() == 1)
        .map(parts -> Identifiers.name(parts.get(0)))
        .toList();
  }

  /** Spark would take the name for the session's view, which hides a table of that name. */
  private static void refuseTemporary(
      List<String> parts, TextPosition position, AnalysisRequest request) {
    if (parts.size() == 1 && request.temporaryViews().find(parts.get(0)).isPresent()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          Identifiers.quote(parts)
              + " is a temporary view here, which only CREATE OR REPLACE TEMPORARY VIEW and DROP"
              + " VIEW change; for a table of that name write its schema too.",
          position);
    }
  }

  /** Tables and views share their names; only those who may change such a table are told. */
  private void refuseView(TableName table, boolean isNew, ObjectName named) {
    if (!catalog.isView(table)) {
      return;
    }
    throw isNew
        ? new SluiceException(
            ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
            "There is a view of the name "
                + Identifiers.quote(named.parts())
                + "; choose another name or drop the view.",
            named.position())
        : new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            Identifiers.quote(named.parts())
                + " is a view; write ALTER VIEW, DROP VIEW or CREATE OR REPLACE VIEW.",
            named.position());
  }

  private void require(
      StatementKind kind, Subject subject, TableName table, AnalysisRequest request) {
    for (Need need : kind.needs()) {
      if (need.subject() == subject) {
        privileges.require(need.access(), table, request);
      }
    }
  }
}
