package io.sluice.planner.metadata;

import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.columns.ColumnUse;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;

/**
 * What a view's text and columns would tell of columns that their reader may not read. A view that
 * uses no such column names none: then there is nothing to hide.
 */
final class ViewSources {

  /** A query through more of them is refused as well. */
  private static final int MOST_VIEWS = 1000;

  private final CatalogReader catalog;
  private final SparkParser parser;
  private final Function<TableMetadata, TableDecision> decisions;
  private final Set<String> denied = new HashSet<>();

  /** Views, those of catalogs by their full names and those of the session by one. */
  private final Set<String> read = new HashSet<>();

  private boolean readable = true;

  private ViewSources(
      CatalogReader catalog, SparkParser parser, Function<TableMetadata, TableDecision> decisions) {
    this.catalog = catalog;
    this.parser = parser;
    this.decisions = decisions;
  }

  /**
   * What is to be hidden of a view.
   *
   * @param text whether its text is
   * @param columns names, in lower case, that its columns may not show
   */
  record Hidden(boolean text, Set<String> columns) {

    Hidden {
      columns = Set.copyOf(columns);
    }

    /** Returns the columns that may be shown. */
    List<ViewColumn> leaves(List<ViewColumn> all) {
      return all.stream()
          .filter(column -> !columns.contains(column.name().toLowerCase(Locale.ROOT)))
          .toList();
    }
  }

  /**
   * Returns what is to be hidden from one reader of a catalog's view.
   *
   * @param decisions what policy leaves that reader of a table
   */
  static Hidden of(
      ViewMetadata view,
      CatalogReader catalog,
      SparkParser parser,
      Function<TableMetadata, TableDecision> decisions) {
    return new ViewSources(catalog, parser, decisions)
        .hidden(view.columns(), sources -> sources.read(view));
  }

  /**
   * Returns what is to be hidden from the owner of a session.
   *
   * @param session the views that the text may name
   * @param decisions what policy leaves the owner of a table
   */
  static Hidden of(
      TemporaryView view,
      TemporaryViews session,
      CatalogReader catalog,
      SparkParser parser,
      Function<TableMetadata, TableDecision> decisions) {
    return new ViewSources(catalog, parser, decisions)
        .hidden(view.columns(), sources -> sources.read(view, session));
  }

  private Hidden hidden(List<ViewColumn> columns, Consumer<ViewSources> reading) {
    try {
      reading.accept(this);
    } catch (RuntimeException | StackOverflowError unreadable) {
      // Nobody reads through such a view either, and what it hides is not known.
      readable = false;
      columns.forEach(column -> denied.add(column.name().toLowerCase(Locale.ROOT)));
    }
    return readable ? new Hidden(false, Set.of()) : new Hidden(true, denied);
  }

  private void read(ViewMetadata view) {
    // Without a text there is nothing that could be shown.
    if (view.sql().isPresent() && view.namespace().isPresent()) {
      read(view.sql().get(), view.namespace().get(), TemporaryViews.none());
    }
  }

  private void read(TemporaryView view, TemporaryViews session) {
    read(view.sql(), view.namespace(), session.only(view.temporaryNames()));
  }

  /**
   * Reads a view's query.
   *
   * @param temporary the temporary views that names in it mean
   */
  private void read(String sql, Namespace namespace, TemporaryViews temporary) {
    SingleStatementContext single = parser.statement(sql).tree().singleStatement();
    if (read.size() > MOST_VIEWS
        || single == null
        || !(single.statement() instanceof StatementDefaultContext statement)) {
      readable = false;
      return;
    }
    QueryContext query = statement.query();
    QueryFacts facts = QueryInspector.inspect(query);
    Map<ParserRuleContext, ReadTable> tables = new HashMap<>();
    for (RelationOccurrence occurrence : facts.relations()) {
      if (!occurrence.cte()) {
        tables.put(occurrence.naming(), readTable(occurrence.parts(), namespace, temporary));
      }
    }
    readable = readable && new ColumnUse().firstDenied(query, tables).isEmpty();
  }

  private ReadTable readTable(List<String> parts, Namespace in, TemporaryViews temporary) {
    if (parts.size() == 1) {
      Optional<TemporaryView> inner = temporary.find(parts.get(0));
      if (inner.isPresent()) {
        if (read.add(parts.get(0).toLowerCase(Locale.ROOT))) {
          read(inner.get(), temporary);
        }
        return new ReadTable(inner.get().text().asTable(), Set.of());
      }
    }
    TableMetadata table = table(name(parts, in));
    TableDecision decision = decisions.apply(table);
    Set<String> hidden =
        Set.copyOf(decision.granted() ? decision.deniedColumns() : table.columnNames());
    readable &= decision.granted();
    hidden.forEach(column -> denied.add(column.toLowerCase(Locale.ROOT)));
    return new ReadTable(table, hidden);
  }

  /** Returns a table or, read as well, a view; one without columns where there is neither. */
  private TableMetadata table(TableName name) {
    Optional<TableMetadata> table = catalog.table(name);
    if (table.isPresent()) {
      return table.get();
    }
    Optional<ViewMetadata> inner = catalog.view(name);
    if (inner.isPresent()) {
      if (read.add(name.toString())) {
        read(inner.get());
      }
      return inner.get().asTable();
    }
    return new TableMetadata(name, "", 0, List.of(), List.of(), Map.of(), "");
  }

  private TableName name(List<String> parts, Namespace in) {
    boolean qualified = catalog.catalogs().contains(parts.get(0));
    return switch (parts.size()) {
      case 1 -> new TableName(in.catalog(), in.schema(), parts.get(0));
      case 2 -> new TableName(in.catalog(), parts.get(0), parts.get(1));
      default -> {
        // What stands behind a table's name is told by the table's columns.
        int schema = qualified ? 1 : 0;
        yield new TableName(
            qualified ? parts.get(0) : in.catalog(), parts.get(schema), parts.get(schema + 1));
      }
    };
  }
}
