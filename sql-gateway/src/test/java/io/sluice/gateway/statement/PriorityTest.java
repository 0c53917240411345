package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.StatementState;
import io.sluice.planner.Namespace;
import io.sluice.router.Priority;
import io.sluice.router.RoutedCluster;
import io.sluice.router.Routing;
import io.sluice.router.RoutingRule;
import io.sluice.router.RuleConditions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What rules say of urgency, from a statement's text to the turn that it runs in. */
class PriorityTest extends StatementServiceFixture {

  @Override
  Routing routing() {
    return new Routing(
        List.of(new RoutedCluster("main", Set.of())),
        List.of(
            rule("dashboards", Set.of("urgent"), Set.of(), Priority.HIGH),
            rule("archive", Set.of(), Set.of("archive"), Priority.LOW)),
        "main");
  }

  private static RoutingRule rule(
      String name, Set<String> tags, Set<String> catalogs, Priority priority) {
    return new RoutingRule(
        name,
        new RuleConditions(
            Set.of(),
            Set.of(),
            List.of(),
            tags,
            catalogs,
            Set.of(),
            Optional.empty(),
            Optional.empty()),
        "main",
        List.of(),
        priority);
  }

  @Test
  void aHighPriorityOvertakesWhatWaitsAndALowOneIsOvertaken() {
    submit();
    RecordedSpark.Run holder = spark.runs.get(0);
    session.use(new Namespace("archive", "tpch"));
    Statement low = submit();
    session.use(new Namespace("lake", "tpch"));
    Statement normal = submit();
    Statement high = submit("urgent");
    for (Statement one : List.of(low, normal, high)) {
      assertThat(one.state()).isEqualTo(StatementState.QUEUED);
    }
    assertThat(high.route())
        .map(StatementRoute::reason)
        .contains("rule dashboards (tag urgent), high priority");
    assertThat(low.route())
        .map(StatementRoute::reason)
        .contains("rule archive (catalog archive), low priority");

    holder.complete();
    for (Statement next : List.of(high, normal, low)) {
      assertThat(next.state()).isEqualTo(StatementState.RUNNING);
      spark.runs.get(spark.runs.size() - 1).complete();
      assertThat(next.state()).isEqualTo(StatementState.FINISHED);
    }
  }

  @Test
  void aLowPriorityRunsAlthoughHigherOnesKeepComing() {
    submit();
    RecordedSpark.Run running = spark.runs.get(0);
    session.use(new Namespace("archive", "tpch"));
    Statement low = submit();
    session.use(new Namespace("lake", "tpch"));
    int turns = 0;
    while (low.state() == StatementState.QUEUED && turns < 30) {
      submit("urgent");
      running.complete();
      running = spark.runs.get(spark.runs.size() - 1);
      turns++;
    }
    assertThat(low.state()).isEqualTo(StatementState.RUNNING);
    assertThat(turns).as("after sixteen of the others").isEqualTo(17);
    running.complete();
    assertThat(low.state()).isEqualTo(StatementState.FINISHED);
  }

  private Statement submit(String... tags) {
    session.tag(List.of(tags));
    Statement statement = service.submit(session, "select 1", List.of());
    subscribe(statement);
    return statement;
  }
}
