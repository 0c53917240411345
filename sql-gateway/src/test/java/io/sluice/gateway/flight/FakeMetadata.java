package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Two catalogs; {@code analyst} may see no {@code c_address} and nothing of {@code ops}. */
final class FakeMetadata implements MetadataReader {

  static final TableName CUSTOMER = new TableName("lake", "tpch", "customer");
  static final TableName ORDERS = new TableName("lake", "tpch", "orders");
  static final TableName ORDERS_OLD = new TableName("lake", "tpch", "orders_old");
  static final TableName ORDERSXOLD = new TableName("lake", "tpch", "ordersxold");
  static final TableName ADDRESSES = new TableName("lake", "tpch", "many_addresses");
  static final TableName FOREIGN = new TableName("lake", "tpch", "of_another_engine");
  static final TableName LOG = new TableName("ops", "audit", "log");

  volatile Optional<RuntimeException> failure = Optional.empty();

  /** So many more tables than usual, with names of a kilobyte each. */
  volatile int moreTables;

  @Override
  public List<String> catalogs(Principal principal) {
    failure.ifPresent(
        problem -> {
          throw problem;
        });
    return isAdmin(principal) ? List.of("lake", "ops") : List.of("lake");
  }

  @Override
  public List<String> schemas(Principal principal, String catalog) {
    if (catalog.equals("lake")) {
      return List.of("default", "tpch");
    }
    return isAdmin(principal) && catalog.equals("ops") ? List.of("audit") : List.of();
  }

  @Override
  public List<TableName> tables(Principal principal, String catalog, String schema) {
    if (catalog.equals("lake") && schema.equals("tpch")) {
      List<TableName> usual = List.of(CUSTOMER, FOREIGN, ORDERS, ORDERS_OLD, ORDERSXOLD);
      return Stream.concat(
              usual.stream(),
              IntStream.range(0, moreTables)
                  .mapToObj(more -> new TableName("lake", "tpch", "x".repeat(1000) + more)))
          .toList();
    }
    return isAdmin(principal) && schema.equals("audit") ? List.of(LOG) : List.of();
  }

  @Override
  public Optional<VisibleTable> table(Principal principal, TableName name) {
    if (name.equals(FOREIGN)) {
      throw new SluiceException(ErrorCode.NOT_SUPPORTED, "Spark cannot read it");
    }
    if (!tables(principal, name.catalog(), name.schema()).contains(name)) {
      return Optional.empty();
    }
    List<Column> columns = name.equals(CUSTOMER) ? customer() : everyType();
    List<Column> visible = new ArrayList<>(columns);
    if (!isAdmin(principal)) {
      visible.removeIf(column -> column.name().equals("c_address"));
    }
    TableMetadata table =
        new TableMetadata(name, "uuid", 0, columns, List.of(), Map.of(), "/somewhere");
    return Optional.of(new VisibleTable(table, visible, visible.size() < columns.size()));
  }

  @Override
  public VisibleTemporaryView temporaryView(
      Principal principal, TemporaryView view, TemporaryViews session) {
    return new VisibleTemporaryView(
        view.columns().stream()
            .filter(column -> isAdmin(principal) || !column.name().equals("c_address"))
            .toList(),
        false);
  }

  @Override
  public List<TableName> views(Principal principal, String catalog, String schema) {
    return catalog.equals("lake") && schema.equals("tpch") ? List.of(ADDRESSES) : List.of();
  }

  @Override
  public Optional<VisibleView> view(Principal principal, TableName name) {
    if (!name.equals(ADDRESSES)) {
      return Optional.empty();
    }
    List<ViewColumn> columns =
        List.of(
            new ViewColumn(
                "city",
                Optional.empty(),
                "string",
                Types.StringType.get(),
                Optional.of("where they live")),
            new ViewColumn(
                "c_address", Optional.empty(), "string", Types.StringType.get(), Optional.empty()));
    ViewMetadata view =
        new ViewMetadata(name, "uuid", 1, Optional.empty(), Optional.empty(), columns, Map.of());
    List<ViewColumn> visible = isAdmin(principal) ? columns : columns.subList(0, 1);
    return Optional.of(new VisibleView(view, visible, visible.size() < columns.size()));
  }

  private static boolean isAdmin(Principal principal) {
    return principal.name().equals("admin");
  }

  private static List<Column> customer() {
    return List.of(
        new Column("c_custkey", 1, Types.LongType.get(), false, Optional.of("the key")),
        new Column("c_name", 2, Types.StringType.get(), true, Optional.empty()),
        new Column("c_address", 3, Types.StringType.get(), true, Optional.empty()),
        new Column("c_acctbal", 4, Types.DecimalType.of(15, 2), true, Optional.empty()));
  }

  private static List<Column> everyType() {
    List<Column> columns = new ArrayList<>();
    for (Type type :
        List.of(
            Types.BooleanType.get(),
            Types.IntegerType.get(),
            Types.LongType.get(),
            Types.FloatType.get(),
            Types.DoubleType.get(),
            Types.DecimalType.of(38, 10),
            Types.DateType.get(),
            Types.TimestampType.withZone(),
            Types.TimestampType.withoutZone(),
            Types.StringType.get(),
            Types.UUIDType.get(),
            Types.FixedType.ofLength(3),
            Types.BinaryType.get(),
            Types.ListType.ofOptional(100, Types.IntegerType.get()),
            Types.MapType.ofOptional(101, 102, Types.StringType.get(), Types.LongType.get()),
            Types.StructType.of(Types.NestedField.optional(103, "x", Types.IntegerType.get())),
            Types.TimeType.get())) {
      int id = columns.size() + 1;
      columns.add(new Column("c" + id, id, type, true, Optional.empty()));
    }
    return columns;
  }
}
