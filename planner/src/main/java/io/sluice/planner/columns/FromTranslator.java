package io.sluice.planner.columns;

import io.sluice.model.TableName;
import io.sluice.planner.columns.ColumnReference.Place;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AliasedQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AliasedRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FromClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InlineTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InlineTableDefault2Context;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.JoinRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.LateralViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RelationExtensionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RelationPrimaryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SampleByBucketContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SampleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableValuedFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.WatermarkClauseContext;
import org.jspecify.annotations.Nullable;

/** Translates FROM: tables, subqueries, joins, lateral views. */
final class FromTranslator {

  /** What Spark calls a subquery in FROM that has no alias. */
  private static final String NO_ALIAS = "__auto_generated_subquery_name";

  private final QueryTranslator queries;
  private final Occurrences occurrences;
  private final PivotTranslator pivots;
  private final TableFunctionTranslator functions;

  FromTranslator(QueryTranslator queries, Occurrences occurrences) {
    this.queries = queries;
    this.occurrences = occurrences;
    this.pivots = new PivotTranslator(queries);
    this.functions = new TableFunctionTranslator(queries, this);
  }

  PivotTranslator pivots() {
    return pivots;
  }

  FromClause fromClause(FromClauseContext context, Ctes ctes) {
    FromClause clause = null;
    for (RelationContext relation : context.relation()) {
      clause = relation(clause, relation, ctes);
    }
    FromClause all = Objects.requireNonNull(lateralViews(clause, context.lateralView(), ctes));
    if (context.pivotClause() != null) {
      all = pivots.pivot(all, context.pivotClause(), ctes);
    }
    return context.unpivotClause() == null
        ? all
        : pivots.unpivot(all, context.unpivotClause(), ctes);
  }

  /** Adds a relation with its joins to those before it, which the conditions see as well. */
  private FromClause relation(@Nullable FromClause before, RelationContext context, Ctes ctes) {
    FromClause primary = primary(context.relationPrimary(), context.LATERAL() != null, ctes);
    FromClause clause = before == null ? primary : cross(before, primary);
    for (RelationExtensionContext extension : context.relationExtension()) {
      if (extension.joinRelation() != null) {
        clause = join(clause, extension.joinRelation(), ctes);
      } else if (extension.pivotClause() != null) {
        clause = pivots.pivot(clause, extension.pivotClause(), ctes);
      } else {
        clause = pivots.unpivot(clause, extension.unpivotClause(), ctes);
      }
    }
    return clause;
  }

  FromClause join(FromClause left, JoinRelationContext context, Ctes ctes) {
    FromClause right = primary(context.right, context.LATERAL() != null, ctes);
    List<SqlNode> conditions = new ArrayList<>();
    if (context.NATURAL() != null) {
      queries.names().shareAll();
      conditions.add(queries.star(List.of(), true));
    } else if (context.joinCriteria() != null && context.joinCriteria().USING() != null) {
      ExpressionTranslator keys = queries.expressions(ctes, Place.BOTH_SIDES);
      for (String key :
          Identifiers.parts(context.joinCriteria().identifierList().identifierSeq())) {
        queries.names().share(key);
        conditions.add(keys.column(List.of(key), context.joinCriteria()));
      }
    } else if (context.joinCriteria() != null) {
      conditions.addAll(
          queries
              .expressions(ctes, Place.RELATION)
              .operands(context.joinCriteria().booleanExpression()));
    }
    FromClause joined = join(left, right, conditions);
    if (context.joinType() != null
        && (context.joinType().SEMI() != null || context.joinType().ANTI() != null)) {
      right.relations().forEach(relation -> relation.showOnlyIn(joined.node()));
    }
    return joined;
  }

  FromClause cross(FromClause left, FromClause right) {
    return join(left, right, List.of());
  }

  private static FromClause join(FromClause left, FromClause right, List<SqlNode> conditions) {
    boolean on = !conditions.isEmpty();
    SqlNode node =
        new SqlJoin(
            SqlParserPos.ZERO,
            left.node(),
            SqlLiteral.createBoolean(false, SqlParserPos.ZERO),
            (on ? JoinType.INNER : JoinType.CROSS).symbol(SqlParserPos.ZERO),
            right.node(),
            (on ? JoinConditionType.ON : JoinConditionType.NONE).symbol(SqlParserPos.ZERO),
            on ? Operators.condition(conditions) : null);
    List<Relation> relations = new ArrayList<>(left.relations());
    relations.addAll(right.relations());
    return new FromClause(node, relations);
  }

  @Nullable FromClause lateralViews(
      @Nullable FromClause before, List<LateralViewContext> views, Ctes ctes) {
    FromClause clause = before;
    for (LateralViewContext view : views) {
      List<SqlNode> items = new ArrayList<>();
      SqlNode generator =
          Operators.expression(
              queries.expressions(ctes, Place.RELATION).operands(view.expression()));
      List<String> columns = view.colName.stream().map(Identifiers::name).toList();
      items.add(new SelectItem(generator, columns, true, null));
      if (columns.isEmpty()) {
        items.add(new UnknownColumns());
      }
      FromClause right =
          derived(
              new SparkSelect(items, null, List.of()),
              List.of(Identifiers.name(view.tblName)),
              clause != null);
      clause = clause == null ? right : cross(clause, right);
    }
    return clause;
  }

  private FromClause primary(RelationPrimaryContext primary, boolean lateral, Ctes ctes) {
    if (primary instanceof TableNameContext table) {
      check(table.sample(), table.watermarkClause());
      return table(table.identifierReference(), table.tableAlias(), ctes);
    }
    if (primary instanceof AliasedQueryContext subquery) {
      check(subquery.sample(), subquery.watermarkClause());
      return subquery(subquery.query(), subquery.tableAlias(), lateral, ctes);
    }
    if (primary instanceof AliasedRelationContext inner) {
      check(inner.sample(), inner.watermarkClause());
      return aliased(relation(null, inner.relation(), ctes), inner.tableAlias());
    }
    if (primary instanceof InlineTableDefault2Context values) {
      InlineTableContext inline = values.inlineTable();
      return derived(inlineTable(inline, ctes), qualifier(inline.tableAlias()), lateral);
    }
    if (primary instanceof TableValuedFunctionContext function) {
      return functions.translate(function.functionTable(), lateral, ctes);
    }
    throw Refusals.notUnderstood("a STREAM", primary);
  }

  FromClause table(IdentifierReferenceContext reference, TableAliasContext alias, Ctes ctes) {
    return aliased(table(reference, ctes), alias);
  }

  FromClause subquery(QueryContext query, TableAliasContext alias, boolean lateral, Ctes ctes) {
    return columnAliases(derived(queries.query(query, ctes), qualifier(alias), lateral), alias);
  }

  /** Returns the table or the common table expression that a name stands for. */
  FromClause table(IdentifierReferenceContext reference, Ctes ctes) {
    List<String> parts =
        reference.multipartIdentifier() == null
            ? List.of()
            : Identifiers.parts(reference.multipartIdentifier());
    Optional<String> cte = parts.size() == 1 ? ctes.find(parts.get(0)) : Optional.empty();
    Optional<Integer> occurrence = occurrences.reach(reference);
    if (cte.isPresent() == occurrence.isPresent()) {
      throw Refusals.notUnderstood("the relation " + reference.getText(), reference);
    }
    if (cte.isPresent()) {
      return named(new SqlIdentifier(cte.get(), SqlParserPos.ZERO), parts);
    }
    int index = occurrence.orElseThrow();
    TableName name = occurrences.table(index).table().name();
    return named(
        new SqlIdentifier(Resolution.schemaName(index), SqlParserPos.ZERO),
        List.of(name.catalog(), name.schema(), name.table()));
  }

  /** Returns a query in FROM. */
  FromClause derived(SqlNode query, List<String> qualifier, boolean lateral) {
    return named(
        lateral ? SqlStdOperatorTable.LATERAL.createCall(SqlParserPos.ZERO, query) : query,
        qualifier);
  }

  private FromClause named(SqlNode node, List<String> qualifier) {
    Relation relation = new Relation(qualifier);
    return new FromClause(queries.relation(node, relation), List.of(relation));
  }

  /** Gives relations one alias in place of their names; they have none left of their own. */
  private FromClause aliased(FromClause clause, TableAliasContext alias) {
    if (alias.strictIdentifier() == null) {
      return clause;
    }
    if (alias.identifierList() != null) {
      return columnAliases(clause, alias);
    }
    return derived(
        queries.passing(clause, List.of()).node(),
        List.of(Identifiers.name(alias.strictIdentifier())),
        false);
  }

  /** Gives the columns of relations new names; as their number counts, all of them are used. */
  private FromClause columnAliases(FromClause clause, TableAliasContext alias) {
    if (alias.identifierList() == null) {
      return clause;
    }
    List<String> names = Identifiers.parts(alias.identifierList().identifierSeq());
    return derived(
        new SparkSelect(List.of(queries.star(names, true)), clause.node(), List.of()),
        qualifier(alias),
        false);
  }

  SqlNode inlineTable(InlineTableContext inline, Ctes ctes) {
    List<SqlNode> values = queries.expressions(ctes, Place.RELATION).operands(inline.expression());
    List<SqlNode> items = new ArrayList<>();
    List<String> names =
        inline.tableAlias().identifierList() == null
            ? InlineTables.columns(inline.expression(0))
            : Identifiers.parts(inline.tableAlias().identifierList().identifierSeq());
    items.add(new SelectItem(Operators.expression(List.of()), names, true, null));
    return new SparkSelect(items, null, values);
  }

  static List<String> qualifier(TableAliasContext alias) {
    return List.of(
        alias.strictIdentifier() == null ? NO_ALIAS : Identifiers.name(alias.strictIdentifier()));
  }

  private static void check(
      @Nullable SampleContext sample, @Nullable WatermarkClauseContext watermark) {
    if (watermark != null) {
      throw Refusals.notUnderstood("a WATERMARK", watermark);
    }
    if (sample != null
        && sample.sampleMethod() instanceof SampleByBucketContext bucket
        && bucket.ON() != null) {
      throw Refusals.notUnderstood("a TABLESAMPLE on a bucket of a column", sample);
    }
  }
}
