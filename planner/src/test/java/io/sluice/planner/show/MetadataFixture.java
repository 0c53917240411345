package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.FakeCatalog;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.PartitionField;
import io.sluice.planner.catalog.TableDetails;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.metadata.FakePolicies;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Types;
import org.assertj.core.api.AbstractThrowableAssert;

/**
 * A lake in which admin may read everything; analyst may read schema tpch, orders filtered and
 * customer without its address; intern may read nation; nobody may read nothing.
 */
final class MetadataFixture {

  static final String SCHEMA_HELP =
      """
       cannot be found. Verify the spelling and correctness of the schema and catalog.
      If you did not qualify the name with a catalog, verify the current_schema() output, or qualify \
      the name with the correct catalog.
      To tolerate the error on drop use DROP SCHEMA IF EXISTS.""";

  final FakeCatalog catalog =
      new FakeCatalog()
          .schema("pond", "tpch")
          .schema("lake", "default")
          .table(customer())
          .table(new TableName("lake", "tpch", "Nation"), "n_nationkey", "n_name")
          .table(new TableName("lake", "tpch", "orders"), "o_orderkey")
          .table(new TableName("lake", "hr", "pay"), "amount")
          .foreignView(new TableName("lake", "tpch", "recent"))
          .view(
              new TableName("lake", "hr", "names"),
              new Namespace("lake", "tpch"),
              "select a, b from t",
              "a",
              "b c");

  final FakePolicies policies =
      new FakePolicies()
          .grant("admin", "lake", "*", "*")
          .grant("admin", "pond", "*", "*")
          .grant("analyst", "lake", "tpch", "*")
          .deny("analyst", "lake", "tpch", "customer", "c_address")
          .decide(
              "analyst",
              "lake",
              "tpch",
              "orders",
              request ->
                  new TableDecision(
                      true,
                      List.of(),
                      Optional.of(new RowFilter("o_orderkey > 1", "9")),
                      Map.of(),
                      "1"))
          .grant("intern", "lake", "tpch", "Nation");

  private final MetadataStatements statements =
      new MetadataStatements(
          new AuthorizedMetadata(catalog, policies, InstantSource.system()),
          catalog,
          principal -> principal.name().equals("admin"));

  private String user = "admin";
  private Namespace namespace = new Namespace("lake", "tpch");
  private Map<String, String> configuration = Map.of();
  private TemporaryViews views = TemporaryViews.none();

  private static TableMetadata customer() {
    return new TableMetadata(
        new TableName("lake", "tpch", "customer"),
        "uuid",
        0,
        List.of(
            new Column("c_custkey", 1, Types.LongType.get(), false, Optional.of("the key")),
            new Column("c_address", 2, Types.StringType.get(), true, Optional.empty()),
            new Column("c_phone", 3, Types.StringType.get(), true, Optional.empty())),
        List.of(),
        List.of("c_address"),
        Map.of("comment", "who buys", "owner", "ann", "write.data.path", "/secret/data"),
        "/secret/customer",
        new TableDetails(
            2,
            List.of(
                new PartitionField("c_address", 2, "c_address", "c_address"),
                new PartitionField("c_custkey", 1, "c_custkey", "bucket(4, c_custkey)")),
            Types.StructType.of(
                Types.NestedField.optional(1000, "c_address", Types.StringType.get())),
            Optional.of(42L),
            Optional.of(1500L),
            Optional.of(70_000L),
            Optional.of("c_address ASC NULLS FIRST"),
            List.of("c_custkey"),
            false));
  }

  MetadataFixture as(String user) {
    this.user = user;
    return this;
  }

  MetadataFixture in(String catalogName, String schema) {
    this.namespace = new Namespace(catalogName, schema);
    return this;
  }

  MetadataFixture having(Map<String, String> configuration) {
    this.configuration = configuration;
    return this;
  }

  /** Gives the session a temporary view. */
  MetadataFixture havingView(String name, ViewColumn... columns) {
    return havingView(name, "select 1", Set.of(), columns);
  }

  /**
   * Gives the session a temporary view that was made in schema {@code hr}.
   *
   * @param temporaryNames the names in its text that mean other temporary views
   */
  MetadataFixture havingView(
      String name, String sql, Set<String> temporaryNames, ViewColumn... columns) {
    views =
        views.with(
            new TemporaryView(
                name,
                sql,
                new Namespace("lake", "tpch"),
                "UTC",
                temporaryNames,
                List.of(columns),
                Optional.of("the words")),
            true);
    return this;
  }

  Optional<Analysis> analyze(String sql) {
    return statements.analyze(
        SparkGrammar.parse(sql),
        new AnalysisRequest(
            sql, new Principal(user, Set.of()), "10.0.0.7", namespace, configuration, views));
  }

  AnswerTable answer(String sql) {
    return ((Analysis.Answer) analyze(sql).orElseThrow()).table();
  }

  /** Returns the rows of an answer, cells joined by bars. */
  List<String> rows(String sql) {
    return answer(sql).rows().stream()
        .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining("|")))
        .toList();
  }

  List<String> columns(String sql) {
    return answer(sql).columns().stream().map(AnswerColumn::name).toList();
  }

  Namespace use(String sql) {
    return ((Analysis.Use) analyze(sql).orElseThrow()).namespace();
  }

  AbstractThrowableAssert<?, ? extends Throwable> refusal(String sql, ErrorCode code) {
    return assertThatThrownBy(() -> analyze(sql))
        .as("%s by %s", sql, user)
        .isInstanceOf(SluiceException.class)
        .matches(e -> ((SluiceException) e).code() == code, code.toString());
  }
}
