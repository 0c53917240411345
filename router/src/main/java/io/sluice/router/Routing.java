package io.sluice.router;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which cluster a statement runs on: the one that its connection names, else that of the first rule
 * that applies, else the default. How urgent it is there is said by the first rule that applies,
 * also where the connection names the cluster: naming one is no way around a low priority.
 *
 * <p>Whom a cluster does not admit it does not exist for: naming it is refused as naming none is,
 * and it is no fallback. A rule that leads there leads to its first fallback that there is, and
 * where there is none the statement is refused: it does not run where another rule would have it.
 *
 * <p>Pure: it holds no clock, lock or thread.
 */
public final class Routing {

  private static final int LONGEST_SHOWN = 63;

  private final Map<String, RoutedCluster> clusters = new LinkedHashMap<>();
  private final List<RoutingRule> rules;
  private final Optional<String> byDefault;

  private Routing(
      List<RoutingRule> rules, Optional<String> byDefault, List<RoutedCluster> clusters) {
    this.rules = List.copyOf(rules);
    this.byDefault = byDefault;
    for (RoutedCluster cluster : clusters) {
      if (this.clusters.put(cluster.name(), cluster) != null) {
        throw new IllegalArgumentException("two clusters are called " + cluster.name());
      }
    }
  }

  /**
   * Routing among clusters that do not change.
   *
   * @param rules in the order in which they are tried
   * @param byDefault the cluster of what no rule applies to
   * @throws IllegalArgumentException if two clusters have one name, or one is named that is not
   *     there
   */
  public Routing(List<RoutedCluster> clusters, List<RoutingRule> rules, String byDefault) {
    this(rules, Optional.of(byDefault), clusters);
    known(byDefault);
    for (RoutingRule rule : rules) {
      known(rule.cluster());
      rule.fallback().forEach(this::known);
    }
  }

  /**
   * Rules for clusters that come and go: there is none until {@link #among} says which. One that is
   * named and not there is as one that admits nobody.
   *
   * @param byDefault the cluster of what no rule applies to; empty to refuse that
   */
  public static Routing ofComing(List<RoutingRule> rules, Optional<String> byDefault) {
    return new Routing(rules, byDefault, List.of());
  }

  /**
   * Returns the same rules for other clusters.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public Routing among(List<RoutedCluster> others) {
    return new Routing(rules, byDefault, others);
  }

  /** Routing among one cluster, which is everybody's. */
  public static Routing toOnly(String cluster) {
    return new Routing(List.of(new RoutedCluster(cluster, Set.of())), List.of(), cluster);
  }

  private void known(String name) {
    if (!clusters.containsKey(name)) {
      throw new IllegalArgumentException("there is no cluster " + name);
    }
  }

  /** Returns the clusters, in the order in which they were given. */
  public List<RoutedCluster> clusters() {
    return List.copyOf(clusters.values());
  }

  /**
   * Refuses a name that is not that of a cluster which a user may use.
   *
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}
   */
  public void check(Principal principal, String name) {
    if (!admits(name, principal)) {
      List<String> offered = offered(principal);
      throw new SluiceException(
          ErrorCode.CLUSTER_NOT_FOUND,
          "There is no cluster ["
              + shown(name)
              + "] for user ["
              + principal.name()
              + "]"
              + (offered.isEmpty()
                  ? ", and no other. Ask the operator of this server for one."
                  : ". Name one of: " + String.join(", ", offered) + "; or none."));
    }
  }

  private List<String> offered(Principal principal) {
    return clusters.values().stream()
        .filter(cluster -> cluster.admits(principal))
        .map(RoutedCluster::name)
        .toList();
  }

  /** Returns what a client sent, short, on one line. */
  private static String shown(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(LONGEST_SHOWN)
        .map(c -> Character.isLetterOrDigit(c) || "-_.".indexOf(c) >= 0 ? c : '?')
        .forEach(text::appendCodePoint);
    return text.toString();
  }

  private boolean admits(String name, Principal principal) {
    RoutedCluster cluster = clusters.get(name);
    return cluster != null && cluster.admits(principal);
  }

  /**
   * Returns where a statement is to run.
   *
   * @throws SluiceException {@code CLUSTER_NOT_FOUND}
   */
  public Route route(RoutingRequest request, Instant now) {
    Principal principal = request.principal();
    Optional<Matched> matched = matched(request, now);
    Priority priority = matched.map(one -> one.rule().priority()).orElse(Priority.NORMAL);
    String urgency =
        priority == Priority.NORMAL
            ? ""
            : ", " + priority.name().toLowerCase(Locale.ROOT) + " priority";
    if (request.named().isPresent()) {
      String name = request.named().get();
      check(principal, name);
      String by = urgency.isEmpty() ? "" : matched.map(one -> " by " + one.text()).orElse("");
      return new Route(name, List.of(), priority, "the session names it" + urgency + by);
    }
    if (matched.isPresent()) {
      RoutingRule rule = matched.get().rule();
      List<String> there =
          Stream.concat(Stream.of(rule.cluster()), rule.fallback().stream())
              .filter(name -> admits(name, principal))
              .toList();
      if (there.isEmpty()) {
        throw refused(
            "The rule for this statement gives user [" + principal.name() + "] no cluster",
            principal,
            ". Ask the operator of this server for one.");
      }
      return new Route(
          there.get(0), there.subList(1, there.size()), priority, matched.get().text() + urgency);
    }
    Optional<String> last = byDefault.filter(name -> admits(name, principal));
    if (last.isEmpty()) {
      throw refused(
          "No rule gives user [" + principal.name() + "] a cluster",
          principal,
          ", and there is no default.");
    }
    // In the same words whatever else there is, which the user may not be allowed to know.
    return new Route(last.get(), List.of(), priority, "the default");
  }

  private Optional<Matched> matched(RoutingRequest request, Instant now) {
    for (RoutingRule rule : rules) {
      Optional<List<String>> why = rule.when().matched(request, now);
      if (why.isPresent()) {
        return Optional.of(new Matched(rule, why.get()));
      }
    }
    return Optional.empty();
  }

  /** The rule that applies, and what of a statement made it. */
  private record Matched(RoutingRule rule, List<String> why) {
    String text() {
      return "rule " + rule.name() + (why.isEmpty() ? "" : " (" + String.join(", ", why) + ")");
    }
  }

  private SluiceException refused(String why, Principal principal, String withoutAny) {
    List<String> offered = offered(principal);
    return new SluiceException(
        ErrorCode.CLUSTER_NOT_FOUND,
        why
            + (offered.isEmpty()
                ? withoutAny
                : ". Name one of: " + String.join(", ", offered) + "."));
  }
}
