package io.sluice.planner.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * A query and what is denied of its tables: {@code sql("select …").denying("customer.c_address")
 * .uses("customer.c_address")}. Immutable.
 */
record ColumnUseFixture(String sql, Set<String> denied) {

  private static final Map<String, TableMetadata> TABLES = new HashMap<>();

  static {
    add("tpch", "region", "r_regionkey bigint, r_name string, r_comment string");
    add(
        "tpch",
        "nation",
        "n_nationkey bigint, n_name string, n_regionkey bigint, n_comment string");
    add(
        "tpch",
        "supplier",
        "s_suppkey bigint, s_name string, s_address string, s_nationkey bigint, s_phone string,"
            + " s_acctbal decimal, s_comment string");
    add(
        "tpch",
        "customer",
        "c_custkey bigint, c_name string, c_address string, c_nationkey bigint, c_phone string,"
            + " c_acctbal decimal, c_mktsegment string, c_comment string");
    add(
        "tpch",
        "part",
        "p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string,"
            + " p_size int, p_container string, p_retailprice decimal, p_comment string");
    add(
        "tpch",
        "partsupp",
        "ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost decimal,"
            + " ps_comment string");
    add(
        "tpch",
        "orders",
        "o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice decimal,"
            + " o_orderdate date, o_orderpriority string, o_clerk string, o_shippriority int,"
            + " o_comment string");
    add(
        "tpch",
        "lineitem",
        "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int,"
            + " l_quantity decimal, l_extendedprice decimal, l_discount decimal, l_tax decimal,"
            + " l_returnflag string, l_linestatus string, l_shipdate date, l_commitdate date,"
            + " l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string");
    add(
        "hr",
        "emp",
        "id bigint, name string, ssn string, dept_id bigint, salary decimal, boss string");
    add("hr", "dept", "id bigint, name string, city string, budget decimal");
    add(
        "hr",
        "doc",
        "id bigint, a struct, tags array, attrs map, body string, secret string, Mixed string");
    add("hr", "account", "id bigint, user string, current_date date");
    add("hr", "odd", "id bigint, my-col string");
    add("hr", "t", "x bigint, y bigint, z bigint, name string");
    add("hr2", "emp", "id bigint, name string, ssn string");
    add(
        "tpcds",
        "store_sales",
        "ss_sold_date_sk bigint, ss_item_sk bigint, ss_customer_sk bigint, ss_store_sk bigint,"
            + " ss_quantity int, ss_sales_price decimal, ss_net_profit decimal,"
            + " ss_ext_sales_price decimal, ss_ext_discount_amt decimal");
    add(
        "tpcds",
        "date_dim",
        "d_date_sk bigint, d_date date, d_year int, d_moy int, d_qoy int, d_month_seq int");
    add(
        "tpcds",
        "item",
        "i_item_sk bigint, i_item_id string, i_category string, i_class string, i_brand string,"
            + " i_current_price decimal, i_product_name string");
    add(
        "tpcds",
        "store",
        "s_store_sk bigint, s_store_name string, s_company_name string, s_state string");
  }

  static ColumnUseFixture sql(String sql) {
    return new ColumnUseFixture(sql, Set.of());
  }

  /** Returns the same query with columns denied, each as {@code table.column}. */
  ColumnUseFixture denying(String... columns) {
    return new ColumnUseFixture(sql, Set.of(columns));
  }

  /** Asserts which denied column is found first. */
  void uses(String column) {
    assertThat(find()).as(sql).contains(column);
  }

  void usesNone() {
    assertThat(find()).as(sql).isEmpty();
  }

  SluiceException isRefused(ErrorCode code) {
    SluiceException refusal = catchThrowableOfType(SluiceException.class, this::find);
    assertThat(refusal).as(sql).isNotNull();
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }

  /** Returns the first denied column as {@code table.column}. */
  Optional<String> find() {
    ParserRuleContext statement = SparkText.parse(sql);
    return new ColumnUse()
        .firstDenied(statement, relations(statement))
        .map(column -> column.table().table() + "." + column.column());
  }

  /** Asserts the names of the columns that the query gives; none when they cannot be told. */
  void gives(String... names) {
    ParserRuleContext statement = SparkText.parse(sql);
    assertThat(new ColumnUse().columnNames(statement, relations(statement)))
        .as(sql)
        .isEqualTo(names.length == 0 ? Optional.empty() : Optional.of(List.of(names)));
  }

  /** Asserts the types of the parameters, with "-" for one that is not known. */
  void hasParameters(String... types) {
    ParserRuleContext statement = SparkText.parse(sql);
    assertThat(new ColumnUse().parameterTypes(statement, relations(statement)))
        .as(sql)
        .extracting(type -> type.orElse("-"))
        .containsExactly(types);
  }

  Map<ParserRuleContext, ReadTable> relations(ParserRuleContext statement) {
    return SparkText.relations(
        statement,
        parts ->
            Optional.ofNullable(
                    TABLES.get(
                        parts.size() == 1
                            ? parts.get(0)
                            : String.join(".", parts.subList(parts.size() - 2, parts.size()))))
                .map(table -> new ReadTable(table, deniedOf(table))));
  }

  private Set<String> deniedOf(TableMetadata table) {
    return Set.copyOf(
        denied.stream()
            .filter(column -> column.startsWith(table.name().table() + "."))
            .map(column -> column.substring(column.indexOf('.') + 1))
            .toList());
  }

  private static void add(String schema, String table, String columns) {
    List<Column> parsed = new ArrayList<>();
    for (String column : columns.split(", ")) {
      String[] nameAndType = column.trim().split(" ");
      parsed.add(
          new Column(
              nameAndType[0], parsed.size() + 1, type(nameAndType[1]), true, Optional.empty()));
    }
    TableMetadata metadata =
        new TableMetadata(
            new TableName("lake", schema, table),
            schema + table,
            0,
            parsed,
            List.of(),
            Map.of(),
            "");
    TABLES.put(schema + "." + table, metadata);
    TABLES.putIfAbsent(table, metadata);
  }

  private static Type type(String name) {
    return switch (name) {
      case "bigint" -> Types.LongType.get();
      case "int" -> Types.IntegerType.get();
      case "decimal" -> Types.DecimalType.of(15, 2);
      case "date" -> Types.DateType.get();
      case "struct" ->
          Types.StructType.of(
              Types.NestedField.optional(101, "b", Types.StringType.get()),
              Types.NestedField.optional(102, "secret", Types.StringType.get()));
      case "array" -> Types.ListType.ofOptional(103, Types.StringType.get());
      case "map" ->
          Types.MapType.ofOptional(104, 105, Types.StringType.get(), Types.StringType.get());
      default -> Types.StringType.get();
    };
  }
}
