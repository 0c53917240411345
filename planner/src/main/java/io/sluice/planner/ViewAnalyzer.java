package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.relation.Privileges;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.relation.ViewClauses;
import io.sluice.planner.view.NamedColumn;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewDefinition.Mode;
import io.sluice.planner.view.ViewText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AlterViewQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RenameTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetTablePropertiesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnsetTablePropertiesContext;

/**
 * Authorises what makes, changes and drops views. The query of a view is authorised for its maker,
 * so that nobody learns from a view's columns what they may not read; what is kept is the maker's
 * own text, which is authorised for its reader each time.
 */
final class ViewAnalyzer {

  private static final int LONGEST_NAME = 255;

  private final CatalogReader catalog;
  private final TargetNames names;
  private final Privileges privileges;
  private final Forcing forcing;
  private final QueryAnalyzer queries;

  ViewAnalyzer(
      CatalogReader catalog, PolicyEngine policies, Principals principals, QueryAnalyzer queries) {
    this.catalog = catalog;
    this.names = new TargetNames(catalog);
    this.privileges = new Privileges(catalog, policies);
    this.forcing = new Forcing(principals);
    this.queries = queries;
  }

  /** Returns whether a statement is about a view that its kind alone does not tell of. */
  static boolean isOfView(ParserRuleContext statement) {
    return (statement instanceof RenameTableContext rename && rename.VIEW() != null)
        || (statement instanceof SetTablePropertiesContext set && set.VIEW() != null)
        || (statement instanceof UnsetTablePropertiesContext unset && unset.VIEW() != null);
  }

  /** Analyses a statement about a view. */
  Analysis analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      AnalysisRequest request) {
    if (statement instanceof CreateViewContext create) {
      return create(sql, create, request);
    }
    if (statement instanceof AlterViewQueryContext alter) {
      return alter(sql, alter, request);
    }
    if (statement instanceof DropViewContext drop) {
      return drop(drop, request);
    }
    if (statement instanceof RenameTableContext rename) {
      return rename(rename, request);
    }
    if (statement instanceof SetTablePropertiesContext set) {
      TableName view = changed(set.identifierReference(), Access.ALTER, request);
      required(view, set.identifierReference());
      Map<String, String> properties = ViewClauses.properties(set.propertyList());
      return new Analysis.ChangeView(new ViewChange.Properties(view, properties, Set.of()));
    }
    UnsetTablePropertiesContext unset = (UnsetTablePropertiesContext) statement;
    TableName view = changed(unset.identifierReference(), Access.ALTER, request);
    ViewMetadata known = required(view, unset.identifierReference());
    Set<String> keys = ViewClauses.keys(unset.propertyList());
    if (unset.EXISTS() == null && !known.properties().keySet().containsAll(keys)) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "The view has not all of these properties; write IF EXISTS to take away those it has.",
          Identifiers.position(unset.propertyList()));
    }
    return new Analysis.ChangeView(new ViewChange.Properties(view, Map.of(), keys));
  }

  private Analysis create(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      CreateViewContext create,
      AnalysisRequest request) {
    ViewClauses.check(create);
    List<String> parts = TargetNames.parts(create.identifierReference());
    TextPosition position = Identifiers.position(create.identifierReference());
    List<NamedColumn> columns = ViewClauses.columns(create.identifierCommentList());
    boolean replace = create.REPLACE() != null;
    if (create.TEMPORARY() != null) {
      if (parts.size() != 1 || parts.get(0).isEmpty() || parts.get(0).length() > LONGEST_NAME) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "A temporary view has a name of one part, of at most %d characters."
                .formatted(LONGEST_NAME),
            position);
      }
      if (request.temporaryViews().find(parts.get(0)).isPresent()) {
        if (create.EXISTS() != null) {
          return new Analysis.Nothing();
        }
        if (!replace) {
          throw TemporaryViews.alreadyExists(parts.get(0));
        }
      }
      return temporary(
          sql,
          parts.get(0),
          create.query(),
          ViewClauses.comment(create),
          columns,
          replace,
          request);
    }
    TableName view = names.newTable(parts, position, request);
    privileges.require(Access.CREATE, view, request);
    String note = "";
    if (replace && isTaken(view)) {
      privileges.require(Access.DROP, view, request);
      note = requireUnrestricted(view, request);
    }
    if (catalog.table(view).isPresent() || (catalog.isView(view) && !replace)) {
      if (create.EXISTS() != null) {
        return new Analysis.Nothing();
      }
      throw new SluiceException(
          ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
          "Cannot create the view "
              + Identifiers.quote(parts)
              + " because there is a table or view of that name.",
          position);
    }
    Mode mode =
        replace && isTaken(view)
            ? Mode.CREATE_OR_REPLACE
            : create.EXISTS() != null ? Mode.CREATE_IF_NOT_EXISTS : Mode.CREATE;
    return define(
        sql, view, create.query(), ViewClauses.properties(create), columns, mode, note, request);
  }

  private Analysis alter(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      AlterViewQueryContext alter,
      AnalysisRequest request) {
    List<String> parts = TargetNames.parts(alter.identifierReference());
    Optional<TemporaryView> temporary = temporary(parts, request);
    if (temporary.isPresent()) {
      return temporary(
          sql,
          temporary.get().name(),
          alter.query(),
          temporary.get().comment(),
          List.of(),
          true,
          request);
    }
    TableName view = changed(alter.identifierReference(), Access.ALTER, request);
    String note = requireUnrestricted(view, request);
    required(view, alter.identifierReference());
    return define(sql, view, alter.query(), Map.of(), List.of(), Mode.ALTER, note, request);
  }

  private Analysis drop(DropViewContext drop, AnalysisRequest request) {
    Optional<Analysis> temporary = dropTemporary(drop.identifierReference(), request);
    if (temporary.isPresent()) {
      return temporary.get();
    }
    TableName view = changed(drop.identifierReference(), Access.DROP, request);
    if (drop.EXISTS() != null && !isTaken(view)) {
      return new Analysis.Nothing();
    }
    required(view, drop.identifierReference());
    String note = requireUnrestricted(view, request);
    return new Analysis.ChangeView(new ViewChange.Drop(view), note);
  }

  /** Drops the session's own view where a name means it, which DROP TABLE does too, as in Spark. */
  static Optional<Analysis> dropTemporary(
      IdentifierReferenceContext naming, AnalysisRequest request) {
    return temporary(TargetNames.parts(naming), request)
        .map(view -> new Analysis.DropTemporaryView(view.name()));
  }

  private Analysis rename(RenameTableContext rename, AnalysisRequest request) {
    TableName view = changed(rename.from, Access.ALTER, request);
    privileges.require(Access.DROP, view, request);
    TextPosition position = Identifiers.position(rename.to);
    TableName renamed = names.renamed(view, TargetNames.parts(rename.to), position);
    privileges.require(Access.CREATE, renamed, request);
    required(view, rename.from);
    String note = requireUnrestricted(view, request);
    if (isTaken(renamed)) {
      throw new SluiceException(
          ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS,
          "There is a table or view of the name " + renamed + " already.",
          position);
    }
    return new Analysis.ChangeView(new ViewChange.Rename(view, renamed), note);
  }

  private Analysis temporary(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      String name,
      QueryContext query,
      Optional<String> comment,
      List<NamedColumn> columns,
      boolean replace,
      AnalysisRequest request) {
    TemporaryView view =
        new TemporaryView(
            name,
            text(query),
            request.namespace(),
            QueryRelations.timeZone(request),
            Set.of(),
            List.of(),
            comment);
    QueryAnalyzer.ViewQuery read = queries.analyzeViewQuery(sql, query, view.text(), request);
    Set<String> others =
        read.relations().stream()
            .flatMap(relation -> relation.view().stream())
            .map(expansion -> expansion.view())
            .filter(ViewText::isTemporary)
            .map(other -> other.name().get(0).toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    return new Analysis.DefineTemporaryView(
        view.withTemporaryNames(others), columns, replace, read.query());
  }

  private Analysis define(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      TableName name,
      QueryContext query,
      Map<String, String> properties,
      List<NamedColumn> columns,
      Mode mode,
      String note,
      AnalysisRequest request) {
    String text = text(query);
    ViewText made =
        new ViewText(
            List.of(name.catalog(), name.schema(), name.table()),
            text,
            request.namespace(),
            Optional.empty(),
            Set.of(),
            List.of(),
            "");
    QueryAnalyzer.ViewQuery read = queries.analyzeViewQuery(sql, query, made, request);
    for (ReadRelation relation : read.relations()) {
      if (relation.view().filter(expansion -> expansion.view().isTemporary()).isPresent()) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            relation.view().get().view().quotedName()
                + " is a temporary view, which ends with its session; a view that stays may not"
                + " read it.",
            relation.occurrence().position());
      }
    }
    return new Analysis.DefineView(
        new ViewDefinition(
            name, text, request.namespace(), properties, request.principal().name(), mode),
        columns,
        read.query().noted(note));
  }

  /**
   * Requires that no policy speaks of a view, or that an administrator means it all the same.
   *
   * @return what the journal is to say of it
   */
  private String requireUnrestricted(TableName view, AnalysisRequest request) {
    return privileges.requireUnrestricted(view, forcing.isMeant(request), request)
        ? Forcing.NOTE
        : "";
  }

  /** Returns the text of a query as the user wrote it. */
  private static String text(QueryContext query) {
    return query
        .getStart()
        .getInputStream()
        .getText(Interval.of(query.getStart().getStartIndex(), query.getStop().getStopIndex()));
  }

  private static Optional<TemporaryView> temporary(List<String> parts, AnalysisRequest request) {
    return parts.size() == 1 ? request.temporaryViews().find(parts.get(0)) : Optional.empty();
  }

  /** Returns the view of a catalog that a statement changes, once that is granted. */
  private TableName changed(
      IdentifierReferenceContext naming, Access access, AnalysisRequest request) {
    List<String> parts = TargetNames.parts(naming);
    if (temporary(parts, request).isPresent()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          Identifiers.quote(parts)
              + " is a temporary view; it is not changed but made anew with CREATE OR REPLACE"
              + " TEMPORARY VIEW.",
          Identifiers.position(naming));
    }
    TableName view = names.table(parts, Identifiers.position(naming), request);
    privileges.require(access, view, request);
    return view;
  }

  private boolean isTaken(TableName name) {
    return catalog.isView(name) || catalog.table(name).isPresent();
  }

  private ViewMetadata required(TableName view, IdentifierReferenceContext naming) {
    Optional<ViewMetadata> found = catalog.view(view);
    if (found.isPresent()) {
      return found.get();
    }
    if (catalog.table(view).isPresent()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          view + " is a table; write TABLE in place of VIEW.",
          Identifiers.position(naming));
    }
    throw new SluiceException(
        ErrorCode.TABLE_OR_VIEW_NOT_FOUND,
        "The view "
            + Identifiers.quote(TargetNames.parts(naming))
            + " cannot be found. Verify the spelling and correctness of the schema and catalog.",
        Identifiers.position(naming));
  }
}
