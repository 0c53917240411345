package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.policy.Access;
import io.sluice.planner.routine.TemporaryFunctions;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.SessionVariables;
import io.sluice.planner.variable.VariableChange;
import io.sluice.planner.view.QueryColumn;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumns;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Lets a test say in one sentence what becomes of a statement. */
public final class PlannerFixture {

  private final StatementAnalyzer analyzer;
  private final String user;
  private final Namespace namespace;
  private final Map<String, String> configuration;
  private final TemporaryViews views;
  private final TemporaryFunctions functions;
  private final SessionVariables variables;

  private PlannerFixture(
      StatementAnalyzer analyzer,
      String user,
      Namespace namespace,
      Map<String, String> configuration,
      TemporaryViews views,
      TemporaryFunctions functions,
      SessionVariables variables) {
    this.functions = functions;
    this.variables = variables;
    this.configuration = configuration;
    this.views = views;
    this.analyzer = analyzer;
    this.user = user;
    this.namespace = namespace;
  }

  public static FakeCatalog tpchCatalog() {
    return new FakeCatalog()
        .table(
            "lake",
            "tpch",
            "nation",
            "n_nationkey bigint",
            "n_name string",
            "n_regionkey bigint",
            "n_comment string")
        .table("lake", "tpch", "region", "r_regionkey bigint", "r_name string", "r_comment string")
        .table(
            "lake",
            "tpch",
            "customer",
            "c_custkey bigint",
            "c_name string",
            "c_address string",
            "c_nationkey bigint",
            "c_phone string",
            "c_acctbal decimal",
            "c_mktsegment string",
            "c_comment string")
        .table(
            "lake",
            "tpch",
            "orders",
            "o_orderkey bigint",
            "o_custkey bigint",
            "o_orderstatus string",
            "o_totalprice decimal",
            "o_orderdate date",
            "o_orderpriority string",
            "o_clerk string",
            "o_shippriority int",
            "o_comment string")
        .table(
            "lake",
            "tpch",
            "lineitem",
            "l_orderkey bigint",
            "l_partkey bigint",
            "l_suppkey bigint",
            "l_linenumber int",
            "l_quantity decimal",
            "l_extendedprice decimal",
            "l_discount decimal",
            "l_tax decimal",
            "l_returnflag string",
            "l_linestatus string",
            "l_shipdate date",
            "l_commitdate date",
            "l_receiptdate date",
            "l_shipinstruct string",
            "l_shipmode string",
            "l_comment string")
        .table("lake", "tpch", "logins", "user string", "at timestamp", "ok boolean", "tpch struct")
        .table("lake", "tpch", "secret", "s_key bigint", "s_text string")
        .table("lake", "tpch", "odd`name", "a b string", "c`d int")
        .table("lake", "other", "nation", "x int")
        .table("lake", "other", "customer", "x int")
        .table("lake", "nation", "files", "f int")
        .table("ocean", "deep", "fish", "name string")
        .table("lake", "scratch", "notes", "id bigint", "note string")
        .view("lake", "tpch", "nation_view");
  }

  public static FakePolicies tpchPolicies() {
    return new FakePolicies()
        .grant("admin", "lake.*")
        .grant("admin", "ocean.*")
        .grant("analyst", "lake.tpch.*")
        .grant("analyst", "lake.other.*")
        .permitAll("admin", "lake.*")
        .permitAll("analyst", "lake.scratch*")
        .permit("analyst", Access.UPDATE, "lake.tpch.nation")
        .permit("analyst", Access.UPDATE, "lake.tpch.orders")
        .permit("analyst", Access.ALTER, "lake.tpch.region")
        .grant("analyst", "lake.scratch.*")
        .filter("analyst", "lake.tpch.orders", "o_orderpriority in ('1-URGENT', '2-HIGH')")
        .mask("analyst", "lake.tpch.customer", "c_phone", "MASK_SHOW_LAST_4")
        .mask("analyst", "lake.tpch.customer", "c_acctbal", "MASK_NULL")
        .deny("analyst", "lake.tpch.customer", "c_address")
        .grant("intern", "lake.tpch.nation")
        .grant("intern", "lake.tpch.region")
        .grantOnly(
            "clerk", "lake.tpch.nation", "n_nationkey", "n_name", "n_regionkey", "n_comment");
  }

  public static PlannerFixture tpch() {
    return with(tpchCatalog(), tpchPolicies());
  }

  public static PlannerFixture with(FakeCatalog catalog, FakePolicies policies) {
    return with(
        catalog, policies, new AuthorizedMetadata(catalog, policies, InstantSource.system()));
  }

  public static PlannerFixture with(
      FakeCatalog catalog, FakePolicies policies, MetadataReader metadata) {
    return new PlannerFixture(
        new StatementAnalyzer(
            catalog, policies, metadata, new FakePrincipals(), InstantSource.system()),
        "admin",
        new Namespace("lake", "tpch"),
        Map.of(),
        TemporaryViews.none(),
        TemporaryFunctions.none(),
        SessionVariables.none());
  }

  /** Returns the same with one setting. */
  public PlannerFixture set(String key, String value) {
    return new PlannerFixture(
        analyzer, user, namespace, Map.of(key, value), views, functions, variables);
  }

  public PlannerFixture as(String user) {
    return new PlannerFixture(analyzer, user, namespace, Map.of(), views, functions, variables);
  }

  public PlannerFixture in(String catalog, String schema) {
    return new PlannerFixture(
        analyzer, user, new Namespace(catalog, schema), Map.of(), views, functions, variables);
  }

  /**
   * Returns the session after CREATE TEMPORARY VIEW or FUNCTION.
   *
   * @param columns what Spark says that the query returns, all of type string
   */
  public PlannerFixture having(String create, String... columns) {
    Analysis made = new Statement(create).analyze();
    if (made instanceof Analysis.DefineTemporaryFunction function) {
      return new PlannerFixture(
          analyzer,
          user,
          namespace,
          configuration,
          views,
          functions.with(function.function(), function.replace()),
          variables);
    }
    Analysis.DefineTemporaryView defined = (Analysis.DefineTemporaryView) made;
    TemporaryView view =
        defined
            .view()
            .withColumns(
                ViewColumns.of(
                    defined.view().name(),
                    Stream.of(columns)
                        .map(
                            name ->
                                new QueryColumn(
                                    name, "string", Optional.of(Types.StringType.get())))
                        .toList(),
                    defined.names()));
    return new PlannerFixture(
        analyzer,
        user,
        namespace,
        configuration,
        views.with(view, defined.replace()),
        functions,
        variables);
  }

  /** Returns the session after DROP VIEW or DROP TEMPORARY FUNCTION. */
  public PlannerFixture dropping(String drop) {
    Analysis done = new Statement(drop).analyze();
    if (done instanceof Analysis.DropTemporaryFunction function) {
      return new PlannerFixture(
          analyzer,
          user,
          namespace,
          configuration,
          views,
          functions.without(function.name()),
          variables);
    }
    Analysis.DropTemporaryView dropped = (Analysis.DropTemporaryView) done;
    return new PlannerFixture(
        analyzer,
        user,
        namespace,
        configuration,
        views.without(dropped.name()),
        functions,
        variables);
  }

  /**
   * Returns the session after DECLARE or SET VARIABLE.
   *
   * @param literal what Spark says that each of the variables is
   */
  public PlannerFixture holding(String statement, String literal) {
    VariableChange change = new Statement(statement).analysis().variableChange().orElseThrow();
    return new PlannerFixture(
        analyzer,
        user,
        namespace,
        configuration,
        views,
        functions,
        variables.with(
            change.targets().stream()
                .map(
                    target ->
                        new SessionVariable(
                            target.name(),
                            target.type().orElse("string"),
                            target.defaultText(),
                            literal,
                            change.sources()))
                .toList()));
  }

  public Statement sql(String text) {
    return new Statement(text);
  }

  /** One statement and what is expected of it. */
  public final class Statement {

    private final String text;

    private Statement(String text) {
      this.text = text;
    }

    public Analysis.SparkQuery analysis() {
      return (Analysis.SparkQuery) analyze();
    }

    public Analysis analyze() {
      return analyzer.analyze(
          new AnalysisRequest(
              text,
              new Principal(user, Set.of()),
              "127.0.0.1",
              namespace,
              configuration,
              views,
              functions,
              variables));
    }

    /** Returns the rows that the gateway answers with. */
    public List<List<@Nullable Object>> answer() {
      return ((Analysis.Answer) analyze()).table().rows();
    }

    /**
     * Expects the text for Spark, in which {@code r} stands for the alias that is not guessable,
     * and markers for values have no spaces of their own.
     */
    public Statement becomes(String expected) {
      assertThat(rewritten()).isEqualTo(expected);
      return this;
    }

    public String rewritten() {
      return analysis().sql().replaceAll("_sluice_[0-9a-f]{16}", "r").replace(" ? ", "?");
    }

    public Statement reads(String... tables) {
      assertThat(analysis().relations().stream().map(use -> use.table().toString()))
          .containsExactly(tables);
      return this;
    }

    public boolean isServed() {
      try {
        analyze();
        return true;
      } catch (SluiceException refusal) {
        return false;
      }
    }

    public SluiceException failure() {
      SluiceException refusal = catchThrowableOfType(SluiceException.class, this::analyze);
      assertThat(refusal).as("a refusal of %s", text).isNotNull();
      return refusal;
    }

    public SluiceException refused(ErrorCode code) {
      SluiceException refusal = failure();
      assertThat(refusal.code()).as("%s: %s", text, refusal.getMessage()).isEqualTo(code);
      return refusal;
    }

    public void refused(ErrorCode code, String message) {
      assertThat(refused(code)).hasMessage(message);
    }

    public void refusedAt(ErrorCode code, int line, int column) {
      assertThat(refused(code).position()).contains(new TextPosition(line, column));
    }
  }

  /** Knows all whom the policies name; the administrator is called admin. */
  private static final class FakePrincipals implements Principals {
    @Override
    public boolean isAdministrator(Principal principal) {
      return principal.name().equals("admin");
    }

    @Override
    public Optional<Principal> find(String user) {
      return List.of("admin", "analyst", "intern", "clerk").contains(user)
          ? Optional.of(new Principal(user, Set.of("staff")))
          : Optional.empty();
    }
  }
}
