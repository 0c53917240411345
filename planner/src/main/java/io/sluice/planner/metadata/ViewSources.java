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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final Set<TableName> read = new HashSet<>();
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
  }

  /**
   * Returns what is to be hidden from one reader.
   *
   * @param decisions what policy leaves that reader of a table
   */
  static Hidden of(
      ViewMetadata view,
      CatalogReader catalog,
      SparkParser parser,
      Function<TableMetadata, TableDecision> decisions) {
    ViewSources sources = new ViewSources(catalog, parser, decisions);
    try {
      sources.read(view);
    } catch (RuntimeException | StackOverflowError unreadable) {
      // Nobody reads through such a view either, and what it hides is not known.
      sources.readable = false;
      view.asTable()
          .columnNames()
          .forEach(column -> sources.denied.add(column.toLowerCase(Locale.ROOT)));
    }
    return sources.readable ? new Hidden(false, Set.of()) : new Hidden(true, sources.denied);
  }

  private void read(ViewMetadata view) {
    if (view.sql().isEmpty() || view.namespace().isEmpty()) {
      return; // It has no text that could be shown.
    }
    SingleStatementContext single = parser.statement(view.sql().get()).tree().singleStatement();
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
        TableMetadata table = table(occurrence.parts(), view.namespace().get());
        TableDecision decision = decisions.apply(table);
        Set<String> hidden =
            Set.copyOf(decision.granted() ? decision.deniedColumns() : table.columnNames());
        readable &= decision.granted();
        hidden.forEach(column -> denied.add(column.toLowerCase(Locale.ROOT)));
        tables.put(occurrence.naming(), new ReadTable(table, hidden));
      }
    }
    readable = readable && new ColumnUse().firstDenied(query, tables).isEmpty();
  }

  /** Returns a table or, read as well, a view; one without columns where there is neither. */
  private TableMetadata table(List<String> parts, Namespace in) {
    TableName name = name(parts, in);
    Optional<TableMetadata> table = catalog.table(name);
    if (table.isPresent()) {
      return table.get();
    }
    Optional<ViewMetadata> inner = catalog.view(name);
    if (inner.isPresent()) {
      if (read.add(name)) {
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
