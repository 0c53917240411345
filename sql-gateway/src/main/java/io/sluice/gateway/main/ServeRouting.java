package io.sluice.gateway.main;

import io.sluice.gateway.configuration.Section;
import io.sluice.router.Priority;
import io.sluice.router.RoutedCluster;
import io.sluice.router.Routing;
import io.sluice.router.RoutingRule;
import io.sluice.router.RuleConditions;
import io.sluice.router.StatementKind;
import io.sluice.router.TimeWindow;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of a configuration. */
final class ServeRouting {

  private static final Pattern TIME =
      Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])");

  private ServeRouting() {}

  /**
   * Reads rules for the clusters of the configuration.
   *
   * @param catalogs the names of those that sessions may be in
   */
  static Routing read(Section routing, List<ClusterDefinition> clusters, Set<String> catalogs) {
    List<RoutedCluster> routed = clusters.stream().map(ClusterDefinition::routed).toList();
    Optional<String> byDefault = routing.optional("default");
    if (byDefault.isEmpty() && routed.size() > 1) {
      throw routing.wrong(
          "default", "of several clusters, say which one takes what no rule applies to");
    }
    Consumer<Named> known = named -> known(named, routed);
    byDefault.ifPresent(name -> known.accept(new Named(routing, "default", name)));
    return new Routing(
        routed, rules(routing, known, catalogs), byDefault.orElseGet(() -> routed.get(0).name()));
  }

  /** Reads rules for clusters that come and go, by whatever names. */
  static Routing ofComing(Section routing, Set<String> catalogs) {
    return Routing.ofComing(rules(routing, named -> {}, catalogs), routing.optional("default"));
  }

  /** The name of a cluster, and where it stands. */
  private record Named(Section section, String key, String name) {}

  private static List<RoutingRule> rules(
      Section routing, Consumer<Named> known, Set<String> catalogs) {
    ZoneId zone = zone(routing);
    List<RoutingRule> rules = new ArrayList<>();
    for (Section section : routing.list("rules")) {
      RoutingRule rule = rule(section, known, catalogs, zone);
      if (rules.stream().anyMatch(before -> before.name().equals(rule.name()))) {
        throw section.wrong("name", "another rule is called " + rule.name() + " too");
      }
      rules.add(rule);
    }
    return rules;
  }

  private static RoutingRule rule(
      Section section, Consumer<Named> known, Set<String> catalogs, ZoneId zone) {
    String name = section.text("name");
    Section when = section.section("when");
    RuleConditions conditions =
        new RuleConditions(
            Set.copyOf(when.texts("users")),
            Set.copyOf(when.texts("groups")),
            when.texts("clients"),
            Set.copyOf(when.texts("tags")),
            catalogs(when, catalogs),
            when.choices("kinds", StatementKind.class),
            when.size("leastBytes"),
            time(when, zone));
    String cluster = section.text("cluster");
    known.accept(new Named(section, "cluster", cluster));
    List<String> fallback = section.texts("fallback");
    for (String other : fallback) {
      known.accept(new Named(section, "fallback", other));
      if (other.equals(cluster)) {
        throw section.wrong("fallback", "a cluster is no fallback for itself");
      }
    }
    return new RoutingRule(
        name, conditions, cluster, fallback, section.choice("priority", Priority.class));
  }

  private static Set<String> catalogs(Section when, Set<String> known) {
    List<String> catalogs = when.texts("catalogs");
    for (String catalog : catalogs) {
      if (!known.contains(catalog)) {
        throw when.wrong(
            "catalogs",
            "there is no catalog "
                + catalog
                + "; there are "
                + known.stream().sorted().collect(Collectors.joining(", ")));
      }
    }
    return Set.copyOf(catalogs);
  }

  private static void known(Named named, List<RoutedCluster> clusters) {
    if (clusters.stream().noneMatch(cluster -> cluster.name().equals(named.name()))) {
      throw named
          .section()
          .wrong(
              named.key(),
              "there is no cluster "
                  + named.name()
                  + "; there are "
                  + String.join(", ", clusters.stream().map(RoutedCluster::name).toList()));
    }
  }

  private static ZoneId zone(Section routing) {
    try {
      return ZoneId.of(routing.text("timeZone"));
    } catch (DateTimeException unknown) {
      throw routing.wrong("timeZone", "the value is a time zone, such as UTC or Europe/Berlin");
    }
  }

  private static Optional<TimeWindow> time(Section when, ZoneId zone) {
    Optional<String> time = when.optional("time");
    Set<DayOfWeek> days = when.choices("days", DayOfWeek.class);
    if (time.isEmpty() && days.isEmpty()) {
      return Optional.empty();
    }
    Matcher form = TIME.matcher(time.orElse("00:00-00:00"));
    if (!form.matches()) {
      throw when.wrong("time", "the value is a time of day such as 22:00-06:00");
    }
    return Optional.of(
        new TimeWindow(
            LocalTime.of(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2))),
            LocalTime.of(Integer.parseInt(form.group(3)), Integer.parseInt(form.group(4))),
            days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : days,
            zone));
  }
}
