package io.sluice.planner.columns;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.RelRecordType;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * Calcite's validator, left to do what decides about columns: it builds the scopes and the row type
 * of each relation, and asks for the type of each expression in the scope that it belongs to. There
 * the nodes of this package look up their names. Checks of types and of grouping are Spark's.
 */
final class ColumnValidator extends SqlValidatorImpl {

  private static final SqlValidator.Config CONFIG =
      SqlValidator.Config.DEFAULT.withConformance(
          new SqlDelegatingConformance(SqlConformanceEnum.BABEL) {
            /** True makes Calcite 1.42.0 fail on windows without an operand. */
            @Override
            public boolean isNonStrictGroupBy() {
              return false;
            }
          });

  private final NameResolver names;
  private final ExpressionTypes types;

  ColumnValidator(
      CalciteSchema schema,
      RelDataTypeFactory typeFactory,
      NameResolver names,
      ExpressionTypes types) {
    super(
        SqlOperatorTables.of(),
        new CalciteCatalogReader(
            schema, List.of(), typeFactory, new CalciteConnectionConfigImpl(new Properties())),
        typeFactory,
        CONFIG);
    this.names = names;
    this.types = types;
  }

  NameResolver names() {
    return names;
  }

  RelDataType rowType(SqlNode query) {
    return Objects.requireNonNull(getNamespace(query), "namespace").getRowType();
  }

  @Override
  protected SqlNode performUnconditionalRewrites(SqlNode node, boolean underFrom) {
    return node;
  }

  @Override
  protected void inferUnknownTypes(
      RelDataType inferredType, SqlValidatorScope scope, SqlNode node) {}

  /** What nothing reads is looked at, too; two columns of one name are Spark's matter. */
  @Override
  public void validateWithItem(SqlWithItem item) {
    getValidatedNodeType(item.query);
  }

  @Override
  public SqlNode expand(SqlNode expression, SqlValidatorScope scope) {
    return expression;
  }

  @Override
  protected RelDataType validateSelectList(
      SqlNodeList items, SqlSelect select, RelDataType targetRowType) {
    SqlValidatorScope scope = getSelectScope(select);
    RelDataType any = typeFactory.createSqlType(SqlTypeName.ANY);
    List<Field> fields = new ArrayList<>();
    for (SqlNode node : items) {
      if (node instanceof StarReference star) {
        fields.addAll(names.expand(star, scope));
      } else if (node instanceof SelectItem item) {
        deriveType(scope, item);
        Optional<Field> column =
            item.expression() instanceof ColumnReference reference
                ? reference.field()
                : Optional.empty();
        if (item.expression() instanceof ColumnReference && column.isEmpty() && !item.isAliased()) {
          // A variable or a function without parentheses: Spark names it otherwise.
          names.leaveColumnsOpen();
        }
        List<String> qualifier = column.map(Field::qualifier).orElse(List.of());
        Optional<String> type =
            item.names().size() == 1 ? types.of(item.source()) : Optional.empty();
        item.names().forEach(name -> fields.add(Field.of(name, any, qualifier, type)));
      } else {
        fields.add(Field.ofUnknownColumns(any));
      }
    }
    return struct(fields);
  }

  /** Returns a row type that has these columns, in this order. */
  static RelDataType struct(List<Field> fields) {
    List<RelDataTypeField> placed = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      placed.add(fields.get(i).at(i));
    }
    return new RelRecordType(placed);
  }
}
