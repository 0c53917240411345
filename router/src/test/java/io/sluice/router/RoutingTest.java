package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTest {

  /** A Monday. */
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private static final Principal ANN = new Principal("ann", Set.of("analysts"));
  private static final Principal EVE = new Principal("eve", Set.of("engineers"));
  private static final RuleConditions ALWAYS =
      new RuleConditions(
          Set.of(),
          Set.of(),
          List.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          Optional.empty(),
          Optional.empty());

  private static final List<RoutedCluster> CLUSTERS =
      List.of(
          new RoutedCluster("bi", Set.of()),
          new RoutedCluster("loads", Set.of("engineers")),
          new RoutedCluster("spare", Set.of()));

  @Test
  void theConnectionsNameComesBeforeTheRules() {
    Routing routing = routing(rule("all", ALWAYS, "bi"));
    assertThat(routing.route(request(EVE, Optional.of("loads")), NOON))
        .isEqualTo(new Route("loads", List.of(), Priority.NORMAL, "the session names it"));
  }

  @Test
  void theFirstRuleThatAppliesDecidesAndSaysWhy() {
    Routing routing =
        routing(
            rule("users", with(Set.of("bob"), Set.of()), "spare"),
            rule("engineers", with(Set.of(), Set.of("engineers", "x")), "loads"),
            rule("rest", ALWAYS, "spare"));
    assertThat(routing.route(request(EVE), NOON))
        .isEqualTo(
            new Route("loads", List.of(), Priority.NORMAL, "rule engineers (group engineers)"));
    assertThat(routing.route(request(ANN), NOON))
        .isEqualTo(new Route("spare", List.of(), Priority.NORMAL, "rule rest"));
    assertThat(
            routing(rule("bob", with(Set.of("bob"), Set.of()), "spare")).route(request(ANN), NOON))
        .isEqualTo(new Route("bi", List.of(), Priority.NORMAL, "the default"));
    assertThat(Routing.toOnly("one").route(request(ANN), NOON))
        .isEqualTo(new Route("one", List.of(), Priority.NORMAL, "the default"));
  }

  @Test
  void aClusterThatAUserMayNotUseIsRefusedAsOneThatIsNot() {
    Routing routing = routing();
    SluiceException closed = refusal(() -> routing.check(ANN, "loads"));
    SluiceException missing = refusal(() -> routing.check(ANN, "laods"));
    assertThat(closed.code()).isEqualTo(ErrorCode.CLUSTER_NOT_FOUND);
    assertThat(closed.getMessage())
        .isEqualTo("There is no cluster [loads] for user [ann]. Name one of: bi, spare; or none.")
        .isEqualTo(missing.getMessage().replace("laods", "loads"));
    assertThatThrownBy(() -> routing.route(request(ANN, Optional.of("loads")), NOON))
        .hasMessage(closed.getMessage());
    routing.check(EVE, "loads");
  }

  @Test
  void noRuleLeadsAUserToAClusterThatIsClosedToThem() {
    Routing routing =
        routing(new RoutingRule("open", ALWAYS, "spare", List.of("loads", "bi"), Priority.NORMAL));
    assertThat(routing.route(request(ANN), NOON))
        .isEqualTo(new Route("spare", List.of("bi"), Priority.NORMAL, "rule open"));
    assertThat(routing.route(request(EVE), NOON).fallback()).containsExactly("loads", "bi");
  }

  @Test
  void aRuleLeadsToItsOwnFallbacksOrNowhere() {
    RoutingRule other = new RoutingRule("other", ALWAYS, "spare", List.of(), Priority.NORMAL);
    RoutingRule alone = new RoutingRule("r", ALWAYS, "loads", List.of(), Priority.NORMAL);
    String refused = "The rule for this statement gives user [ann] no cluster";
    SluiceException closed = refusal(() -> routing(alone, other).route(request(ANN), NOON));
    assertThat(closed.code()).isEqualTo(ErrorCode.CLUSTER_NOT_FOUND);
    assertThat(closed).hasMessage(refused + ". Name one of: bi, spare.");
    Routing without =
        Routing.ofComing(List.of(alone, other), Optional.of("bi"))
            .among(List.of(CLUSTERS.get(0), CLUSTERS.get(2)));
    assertThat(refusal(() -> without.route(request(ANN), NOON))).hasMessage(closed.getMessage());
    assertThat(refusal(() -> without.among(List.of()).route(request(ANN), NOON)))
        .hasMessage(refused + ". Ask the operator of this server for one.");

    RoutingRule helped =
        new RoutingRule("r", ALWAYS, "loads", List.of("none", "spare", "bi"), Priority.NORMAL);
    assertThat(
            Routing.ofComing(List.of(helped), Optional.of("bi"))
                .among(CLUSTERS)
                .route(request(ANN), NOON))
        .isEqualTo(new Route("spare", List.of("bi"), Priority.NORMAL, "rule r"));
  }

  @Test
  void whomNoClusterIsOpenToIsRefused() {
    Routing routing =
        new Routing(List.of(new RoutedCluster("loads", Set.of("engineers"))), List.of(), "loads");
    assertThatThrownBy(() -> routing.route(request(ANN), NOON))
        .hasMessage("No rule gives user [ann] a cluster, and there is no default.");
    assertThat(routing.route(request(EVE), NOON).cluster()).isEqualTo("loads");
    Routing other = new Routing(CLUSTERS, List.of(), "loads");
    assertThatThrownBy(() -> other.route(request(ANN), NOON))
        .hasMessage("No rule gives user [ann] a cluster. Name one of: bi, spare.");
  }

  @Test
  void aNameThatIsNoneIsShownOnOneLineAndShort() {
    String hostile = "bi\r\nSet-Cookie: a=b\u001b[2J\u202e" + "x".repeat(1000);
    String text = refusal(() -> routing().check(ANN, hostile)).getMessage();
    assertThat(text)
        .startsWith("There is no cluster [bi??Set-Cookie??a?b??2J?xxx")
        .hasSizeLessThan(200);
    assertThat(text.chars().allMatch(c -> c >= ' ' && c < 127)).isTrue();
  }

  @Test
  void allConditionsOfARuleMustHold() {
    RuleConditions conditions =
        new RuleConditions(
            Set.of("eve"),
            Set.of("engineers"),
            List.of("dbt*"),
            Set.of("nightly"),
            Set.of("lake"),
            Set.of(StatementKind.COMMAND),
            Optional.of(1000L),
            Optional.empty());
    Routing routing = routing(rule("r", conditions, "loads"));
    RoutingRequest all =
        new RoutingRequest(
            EVE,
            "DBT 1.9",
            Set.of("nightly", "b"),
            "lake",
            StatementKind.COMMAND,
            1000,
            Optional.empty());
    assertThat(routing.route(all, NOON).reason())
        .isEqualTo(
            "rule r (user eve, group engineers, tag nightly, catalog lake, client dbt*, kind command,"
                + " 1000b or more)");
    List<RoutingRequest> lacking =
        List.of(
            new RoutingRequest(
                ANN,
                "dbt",
                Set.of("nightly"),
                "lake",
                StatementKind.COMMAND,
                1000,
                Optional.empty()),
            new RoutingRequest(
                new Principal("eve", Set.of()),
                "dbt",
                Set.of("nightly"),
                "lake",
                StatementKind.COMMAND,
                1000,
                Optional.empty()),
            new RoutingRequest(
                EVE,
                "a dbt",
                Set.of("nightly"),
                "lake",
                StatementKind.COMMAND,
                1000,
                Optional.empty()),
            new RoutingRequest(
                EVE,
                "dbt",
                Set.of("Nightly"),
                "lake",
                StatementKind.COMMAND,
                1000,
                Optional.empty()),
            new RoutingRequest(
                EVE,
                "dbt",
                Set.of("nightly"),
                "lake",
                StatementKind.INGEST,
                1000,
                Optional.empty()),
            new RoutingRequest(
                EVE,
                "dbt",
                Set.of("nightly"),
                "Lake",
                StatementKind.COMMAND,
                1000,
                Optional.empty()),
            new RoutingRequest(
                EVE,
                "dbt",
                Set.of("nightly"),
                "lake",
                StatementKind.COMMAND,
                999,
                Optional.empty()));
    assertThat(lacking)
        .allSatisfy(request -> assertThat(routing.route(request, NOON).cluster()).isEqualTo("bi"));
  }

  @ParameterizedTest
  @CsvSource({
    "dbt, dbt, true",
    "dbt, dbt 1, false",
    "dbt*, dbt 1, true",
    "*tableau*, My Tableau Desktop, true",
    "a*b*c, a-b-b-c, true",
    "a*b, ab, true",
    "ab*ba, aba, false",
    "*, '', true",
    "a*a, a, false",
  })
  void clientsAreTakenByForm(String form, String client, boolean taken) {
    RuleConditions conditions =
        new RuleConditions(
            Set.of(),
            Set.of(),
            List.of(form),
            Set.of(),
            Set.of(),
            Set.of(),
            Optional.empty(),
            Optional.empty());
    RoutingRequest request =
        new RoutingRequest(
            ANN, client, Set.of(), "lake", StatementKind.QUERY, 1000, Optional.empty());
    assertThat(conditions.matched(request, NOON).isPresent()).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({
    // From Friday 22:00 to 06:00, in Berlin, an hour ahead of UTC.
    "2026-11-27T20:59:59Z, false",
    "2026-11-27T21:00:00Z, true",
    "2026-11-28T04:59:59Z, true",
    "2026-11-28T05:00:00Z, false",
    "2026-11-28T21:30:00Z, false",
    "2026-11-27T04:00:00Z, false",
  })
  void aWindowPastMidnightBelongsToTheDayThatItBeginsOn(Instant moment, boolean holds) {
    TimeWindow window =
        new TimeWindow(
            LocalTime.of(22, 0),
            LocalTime.of(6, 0),
            EnumSet.of(DayOfWeek.FRIDAY),
            ZoneId.of("Europe/Berlin"));
    assertThat(window.holds(moment)).isEqualTo(holds);
  }

  @Test
  void aWholeDayIsAWindowToo() {
    TimeWindow mondays =
        new TimeWindow(
            LocalTime.MIDNIGHT, LocalTime.MIDNIGHT, EnumSet.of(DayOfWeek.MONDAY), ZoneId.of("UTC"));
    assertThat(mondays.holds(Instant.parse("2026-11-23T00:00:00Z"))).isTrue();
    assertThat(mondays.holds(Instant.parse("2026-11-23T23:59:59Z"))).isTrue();
    assertThat(mondays.holds(Instant.parse("2026-11-24T00:00:00Z"))).isFalse();
  }

  @Test
  void rulesNameClustersThatThereAre() {
    assertThatThrownBy(() -> routing(rule("r", ALWAYS, "none")))
        .hasMessage("there is no cluster none");
    assertThatThrownBy(() -> new Routing(CLUSTERS, List.of(), "none"))
        .hasMessage("there is no cluster none");
    assertThatThrownBy(
            () -> routing(new RoutingRule("r", ALWAYS, "bi", List.of("none"), Priority.NORMAL)))
        .hasMessage("there is no cluster none");
  }

  @Test
  void clustersMayComeAndGoUnderTheSameRules() {
    Routing none =
        Routing.ofComing(
            List.of(rule("engineers", with(Set.of(), Set.of("engineers")), "loads")),
            Optional.of("bi"));
    assertThat(refusal(() -> none.route(request(ANN), NOON)))
        .hasMessage("No rule gives user [ann] a cluster, and there is no default.");

    Routing some = none.among(CLUSTERS);
    assertThat(some.route(request(EVE), NOON).cluster()).isEqualTo("loads");
    assertThat(some.route(request(ANN), NOON).cluster()).isEqualTo("bi");
    Routing fewer = some.among(List.of(new RoutedCluster("bi", Set.of())));
    assertThat(fewer.route(request(ANN), NOON).cluster()).isEqualTo("bi");
    assertThat(refusal(() -> fewer.check(EVE, "loads")).code())
        .isEqualTo(ErrorCode.CLUSTER_NOT_FOUND);

    Routing named = Routing.ofComing(List.of(), Optional.empty()).among(CLUSTERS);
    assertThat(refusal(() -> named.route(request(ANN), NOON)).getMessage())
        .endsWith("Name one of: bi, spare.");
    RoutedCluster twice = new RoutedCluster("bi", Set.of());
    assertThatThrownBy(() -> none.among(List.of(twice, twice)))
        .hasMessage("two clusters are called bi");
  }

  @Test
  void theFirstRuleThatAppliesSaysHowUrgentItIsWhereverItRuns() {
    RuleConditions anns = with(Set.of("ann"), Set.of());
    Routing routing =
        routing(
            new RoutingRule("slow", anns, "spare", List.of(), Priority.LOW),
            new RoutingRule("fast", ALWAYS, "bi", List.of(), Priority.HIGH));
    assertThat(routing.route(request(ANN), NOON))
        .isEqualTo(
            new Route("spare", List.of(), Priority.LOW, "rule slow (user ann), low priority"));
    assertThat(routing.route(request(EVE), NOON))
        .isEqualTo(new Route("bi", List.of(), Priority.HIGH, "rule fast, high priority"));
    assertThat(routing.route(request(ANN, Optional.of("bi")), NOON))
        .as("naming a cluster is no way around it")
        .isEqualTo(
            new Route(
                "bi",
                List.of(),
                Priority.LOW,
                "the session names it, low priority by rule slow (user ann)"));
  }

  private static SluiceException refusal(Runnable call) {
    return catchThrowableOfType(SluiceException.class, call::run);
  }

  private static Routing routing(RoutingRule... rules) {
    return new Routing(CLUSTERS, List.of(rules), "bi");
  }

  private static RoutingRule rule(String name, RuleConditions when, String cluster) {
    return new RoutingRule(name, when, cluster, List.of(), Priority.NORMAL);
  }

  private static RuleConditions with(Set<String> users, Set<String> groups) {
    return new RuleConditions(
        users, groups, List.of(), Set.of(), Set.of(), Set.of(), Optional.empty(), Optional.empty());
  }

  private static RoutingRequest request(Principal principal) {
    return request(principal, Optional.empty());
  }

  private static RoutingRequest request(Principal principal, Optional<String> named) {
    return new RoutingRequest(principal, "", Set.of(), "lake", StatementKind.QUERY, 0, named);
  }
}
