package io.sluice.planner.columns;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystem;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;

/** Translates one query or write and resolves its names. */
final class Resolution {

  private final Occurrences occurrences;
  private final ExpressionTypes types;
  private final RelDataTypeFactory typeFactory = new SqlTypeFactoryImpl(RelDataTypeSystem.DEFAULT);
  private final RelDataType anyType = typeFactory.createSqlType(SqlTypeName.ANY);

  private final Predicate<List<String>> variables;

  /**
   * @param variables whether a variable may go by a name
   */
  Resolution(Occurrences occurrences, ExpressionTypes types, Predicate<List<String>> variables) {
    this.occurrences = occurrences;
    this.types = types;
    this.variables = variables;
  }

  /**
   * Counts the columns that the query uses, and gathers types.
   *
   * @return the names of the columns that it gives; empty for a write, and where they cannot be
   *     told, as of an expression without an alias, which Spark names after its text
   */
  Optional<List<String>> run(ParserRuleContext statement) {
    NameResolver names = new NameResolver(occurrences, anyType, variables);
    QueryTranslator translator = new QueryTranslator(occurrences, names, types);
    SqlNode node =
        statement instanceof DmlStatementContext write
            ? translator.write(write)
            : translator.query(onlyQuery(statement), Ctes.NONE);
    Optional<ParserRuleContext> unreached = occurrences.unreached();
    if (unreached.isPresent()) {
      throw Refusals.notUnderstood("the relation " + unreached.get().getText(), unreached.get());
    }
    ColumnValidator validator = new ColumnValidator(schema(), typeFactory, names, types);
    validator.validate(node);
    List<String> given = validator.rowType(node).getFieldNames();
    boolean isUnknown = statement instanceof DmlStatementContext || names.leavesColumnsOpen();
    return isUnknown || given.contains("") ? Optional.empty() : Optional.of(given);
  }

  /** Returns the name under which Calcite's schema has an occurrence of a table. */
  static String schemaName(int occurrence) {
    return "t" + occurrence;
  }

  private CalciteSchema schema() {
    CalciteSchema schema = CalciteSchema.createRootSchema(false, false);
    for (int i = 0; i < occurrences.size(); i++) {
      RelDataType rowType = rowType(i, occurrences.table(i).table());
      schema.add(
          schemaName(i),
          new AbstractTable() {
            @Override
            public RelDataType getRowType(RelDataTypeFactory factory) {
              return rowType;
            }
          });
    }
    return schema;
  }

  private RelDataType rowType(int occurrence, TableMetadata table) {
    List<Field> fields = new ArrayList<>();
    for (Column column : table.columns()) {
      fields.add(
          Field.of(
              column.name(),
              new Field.Origin(occurrence, fields.size()),
              anyType,
              sparkType(column)));
    }
    return ColumnValidator.struct(fields);
  }

  private Optional<String> sparkType(Column column) {
    if (!types.areWanted()) {
      return Optional.empty();
    }
    try {
      return Optional.of(column.sparkType());
    } catch (IllegalArgumentException e) {
      // Spark cannot read the column; its name is a column's nevertheless.
      return Optional.empty();
    }
  }

  private static QueryContext onlyQuery(ParserRuleContext statement) {
    List<QueryContext> found = new ArrayList<>();
    findQueries(statement, found);
    if (found.size() != 1) {
      throw Refusals.notUnderstood("a statement that is not one query", statement);
    }
    return found.get(0);
  }

  private static void findQueries(ParseTree tree, List<QueryContext> found) {
    if (tree instanceof QueryContext query) {
      found.add(query);
      return;
    }
    for (int i = 0; i < tree.getChildCount(); i++) {
      findQueries(tree.getChild(i), found);
    }
  }
}
