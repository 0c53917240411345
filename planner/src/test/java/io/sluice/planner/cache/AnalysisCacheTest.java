package io.sluice.planner.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.FakeCatalog;
import io.sluice.planner.FakePolicies;
import io.sluice.planner.Namespace;
import io.sluice.planner.PlannerFixture;
import io.sluice.planner.Principals;
import io.sluice.planner.StatementAnalyzer;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.metadata.AuthorizedMetadata;
import io.sluice.planner.policy.PolicyEngine;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnalysisCacheTest {

  private static final String ORDERS = "select o_orderkey from orders";

  private final FakeCatalog catalog = PlannerFixture.tpchCatalog();
  private final FakePolicies policies = PlannerFixture.tpchPolicies();
  private final List<AnalysisRequest> analyzed = new ArrayList<>();
  private final AnalysisCache cache = cache(1 << 20);

  private AnalysisCache cache(long mostBytes) {
    return new AnalysisCache(
        catalog,
        policies,
        (recordedCatalog, recordedPolicies) -> {
          StatementAnalyzer analyzer =
              new StatementAnalyzer(
                  recordedCatalog,
                  recordedPolicies,
                  new AuthorizedMetadata(catalog, policies, InstantSource.system()),
                  new OneAdministrator(),
                  InstantSource.system());
          return request -> {
            analyzed.add(request);
            return analyzer.analyze(request);
          };
        },
        mostBytes);
  }

  private static AnalysisRequest request(String user, String sql) {
    return new AnalysisRequest(
        sql, new Principal(user, Set.of()), "10.1.2.3", new Namespace("lake", "tpch"), Map.of());
  }

  private Analysis.SparkQuery analyze(String user, String sql) {
    return (Analysis.SparkQuery) cache.analyze(request(user, sql));
  }

  private void change(String table, Optional<String> uuid, int schemaId) {
    TableMetadata before = catalog.table(new TableName("lake", "tpch", table)).orElseThrow();
    catalog.table(
        new TableMetadata(
            before.name(),
            uuid.orElse(before.uuid()),
            schemaId,
            before.columns(),
            before.partitionColumns(),
            before.properties(),
            before.location()));
  }

  @Test
  void anEqualRequestIsAnalysedOnce() {
    Analysis.SparkQuery first = analyze("analyst", ORDERS);
    assertThat(analyze("analyst", ORDERS)).isSameAs(first);
    assertThat(analyzed).hasSize(1);
  }

  @Test
  void whateverTheRequestDiffersInItIsAnalysedAnew() {
    analyze("analyst", ORDERS);
    AnalysisRequest same = request("analyst", ORDERS);
    List<AnalysisRequest> others =
        List.of(
            request("admin", ORDERS),
            request("analyst", ORDERS + " "),
            new AnalysisRequest(
                ORDERS,
                new Principal("analyst", Set.of("eu")),
                same.clientAddress(),
                same.namespace(),
                Map.of()),
            new AnalysisRequest(
                ORDERS,
                same.principal(),
                same.clientAddress(),
                same.namespace(),
                Map.of("spark.sql.session.timeZone", "UTC")));
    others.forEach(cache::analyze);
    assertThat(analyzed).hasSize(1 + others.size());
    assertThatThrownBy(
            () ->
                cache.analyze(
                    new AnalysisRequest(
                        ORDERS,
                        same.principal(),
                        same.clientAddress(),
                        new Namespace("lake", "other"),
                        Map.of())))
        .isInstanceOf(SluiceException.class);
  }

  @Test
  void otherPoliciesAreAppliedAtOnce() {
    assertThat(analyze("admin", ORDERS).sql()).doesNotContain("WHERE");
    policies.filter("admin", "lake.tpch.orders", "o_orderkey < 7").version(Optional.of("v2"));
    assertThat(analyze("admin", ORDERS).sql()).contains("< 7");
    policies.deny("admin", "lake.tpch.orders", "o_orderkey").version(Optional.of("v3"));
    assertThatThrownBy(() -> analyze("admin", ORDERS)).hasMessageContaining("Permission denied");
  }

  @Test
  void nothingIsKeptUnderPoliciesThatMayDecideOtherwise() {
    policies.version(Optional.empty());
    analyze("analyst", ORDERS);
    analyze("analyst", ORDERS);
    assertThat(analyzed).hasSize(2);
    policies.version(Optional.of("v1"));
    analyze("analyst", ORDERS);
    policies.version(Optional.empty());
    analyze("analyst", ORDERS);
    assertThat(analyzed).as("nor is what was kept before used").hasSize(4);
  }

  @Test
  void aTableThatChangedIsAnalysedAnew() {
    analyze("analyst", ORDERS);
    change("orders", Optional.empty(), 1);
    assertThat(analyze("analyst", ORDERS).relations().get(0).schemaId()).isEqualTo(1);
    change("orders", Optional.of("another"), 1);
    assertThat(analyze("analyst", ORDERS).relations().get(0).uuid()).isEqualTo("another");
    catalog.formerly("lake", "tpch", "orders", "o_secret");
    analyze("analyst", ORDERS);
    assertThat(analyzed).hasSize(4);
    catalog.failWith(new SluiceException(ErrorCode.CATALOG_UNAVAILABLE, "no answer"));
    assertThatThrownBy(() -> analyze("analyst", ORDERS)).hasMessage("no answer");
  }

  @Test
  void queriesAloneAreKept() {
    for (int round = 0; round < 2; round++) {
      cache.analyze(request("admin", "insert into region select * from region"));
      cache.analyze(request("admin", "show schemas"));
      cache.analyze(request("admin", "explain policies select * from nation"));
      assertThatThrownBy(() -> analyze("intern", ORDERS)).isInstanceOf(SluiceException.class);
    }
    assertThat(analyzed).hasSize(8);
  }

  @Test
  void whatIsKeptIsBoundedByItsSize() {
    AnalysisCache small = cache(100);
    small.analyze(request("admin", ORDERS));
    small.analyze(request("admin", ORDERS));
    assertThat(analyzed).hasSize(2);
  }

  @Test
  void tablesMustStillBeThoseThatWereAnalysed() {
    Analysis.SparkQuery query = analyze("analyst", ORDERS + ", nation");
    assertThat(cache.isCurrent(query)).isTrue();
    change("nation", Optional.of("another"), 0);
    assertThat(cache.isCurrent(query)).as("a table that is not restricted").isFalse();
    query = analyze("analyst", ORDERS + ", nation");
    assertThat(cache.isCurrent(query)).isTrue();
    change("orders", Optional.empty(), 1);
    assertThat(cache.isCurrent(query)).isFalse();
    change("orders", Optional.of("another"), 0);
    assertThat(cache.isCurrent(query)).isFalse();
  }

  /** A question that is not overridden would be answered by a default, and never be noted. */
  @Test
  void everyQuestionOfThePortsIsPassedOn() {
    assertThat(overridden(RecordedCatalog.class)).containsAll(names(CatalogReader.class));
    assertThat(overridden(RecordedPolicies.class)).containsAll(names(PolicyEngine.class));
  }

  private static List<String> names(Class<?> port) {
    return List.of(port.getMethods()).stream().map(AnalysisCacheTest::signature).toList();
  }

  private static List<String> overridden(Class<?> recorded) {
    return List.of(recorded.getDeclaredMethods()).stream()
        .filter(method -> !method.isSynthetic())
        .map(AnalysisCacheTest::signature)
        .toList();
  }

  private static String signature(Method method) {
    return method.getName() + List.of(method.getParameterTypes());
  }

  private static final class OneAdministrator implements Principals {
    @Override
    public boolean isAdministrator(Principal principal) {
      return principal.name().equals("admin");
    }

    @Override
    public Optional<Principal> find(String user) {
      return Optional.of(new Principal(user, Set.of()));
    }
  }
}
