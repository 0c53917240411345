package io.sluice.policy.ranger;

import io.sluice.model.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyResource;
import org.apache.ranger.plugin.model.RangerServiceResource;
import org.apache.ranger.plugin.util.ServicePolicies.TagPolicies;
import org.apache.ranger.plugin.util.ServiceTags;

/**
 * What the policies that take something away speak of, whoever they speak to and whenever they
 * apply. The engine answers for one user at one time; this answers for all, and errs on the side of
 * yes.
 */
final class RestrictingPolicies {

  private final List<Restriction> restricted = new ArrayList<>();

  private RestrictingPolicies() {}

  /**
   * What is restricted, and by which expressions.
   *
   * @param policies ids
   * @param resources by Ranger's name of their kind
   * @param expressions of row filters and masks
   */
  private record Restriction(
      List<String> policies,
      Map<String, ResourceNames> resources,
      List<PolicyExpression> expressions) {

    static Restriction of(
        List<String> policies,
        Map<String, RangerPolicyResource> resources,
        List<PolicyExpression> expressions) {
      Map<String, ResourceNames> names = new HashMap<>();
      resources.forEach((kind, resource) -> names.put(kind, ResourceNames.of(resource)));
      return new Restriction(policies, Map.copyOf(names), expressions);
    }

    boolean speaksOf(TableName table) {
      return resources.containsKey("database")
          && !resources.containsKey("udf")
          && resources.get("database").holdOneOf(List.of(table.schema()))
          && (!resources.containsKey("table")
              || resources.get("table").holdOneOf(List.of(table.table())));
    }
  }

  static RestrictingPolicies of(PolicySet set) {
    RestrictingPolicies restricting = new RestrictingPolicies();
    for (RangerPolicy policy : set.policies().getPolicies()) {
      if (restricts(policy)) {
        List<String> id = List.of(String.valueOf(policy.getId()));
        List<PolicyExpression> expressions = expressions(policy, set).toList();
        restricting.restricted.add(Restriction.of(id, policy.getResources(), expressions));
        if (policy.getAdditionalResources() != null) {
          policy
              .getAdditionalResources()
              .forEach(more -> restricting.restricted.add(Restriction.of(id, more, expressions)));
        }
      }
    }
    ServiceTags tags = set.tags();
    TagPolicies tagPolicies = set.policies().getTagPolicies();
    if (tags != null && tagPolicies != null && !set.tagPolicyIds().isEmpty()) {
      List<PolicyExpression> expressions =
          tagPolicies.getPolicies().stream().flatMap(policy -> expressions(policy, set)).toList();
      List<String> ids =
          tagPolicies.getPolicies().stream().map(policy -> String.valueOf(policy.getId())).toList();
      for (RangerServiceResource tagged : tags.getServiceResources()) {
        restricting.restricted.add(Restriction.of(ids, tagged.getResourceElements(), expressions));
      }
    }
    return restricting;
  }

  private static Stream<PolicyExpression> expressions(RangerPolicy policy, PolicySet set) {
    return Stream.concat(
            policy.getRowFilterPolicyItems().stream()
                .map(item -> item.getRowFilterInfo().getFilterExpr()),
            policy.getDataMaskPolicyItems().stream()
                .map(item -> item.getDataMaskInfo().getValueExpr()))
        .filter(Objects::nonNull)
        .map(standIn -> Objects.requireNonNull(set.expressions().get(standIn)));
  }

  private static boolean restricts(RangerPolicy policy) {
    return !Boolean.FALSE.equals(policy.getIsEnabled())
        && (policy.getPolicyType() != RangerPolicy.POLICY_TYPE_ACCESS
            || Boolean.TRUE.equals(policy.getIsDenyAllElse())
            || !policy.getDenyPolicyItems().isEmpty()
            || !policy.getAllowExceptions().isEmpty()
            || grantsSomeColumns(policy.getResources())
            || (policy.getAdditionalResources() != null
                && policy.getAdditionalResources().stream()
                    .anyMatch(RestrictingPolicies::grantsSomeColumns)));
  }

  /** A grant of some columns, or of all but some, hides the others. */
  private static boolean grantsSomeColumns(Map<String, RangerPolicyResource> resources) {
    return resources.values().stream().anyMatch(r -> Boolean.TRUE.equals(r.getIsExcludes()))
        || (resources.containsKey("column") && !resources.get("column").getValues().contains("*"));
  }

  /**
   * Returns whether anything of the columns is hidden; of whatever columns, where none is named.
   */
  boolean restrict(TableName table, List<String> columns) {
    return hiding(table, columns).findAny().isPresent();
  }

  /** Returns the ids of the policies that {@link #restrict} speaks of. */
  List<String> policies(TableName table, List<String> columns) {
    return ids(hiding(table, columns));
  }

  /** Returns whether one of the words stands in an expression for the table. */
  boolean holdWords(TableName table, List<String> words) {
    return holding(table, words).findAny().isPresent();
  }

  /** Returns the ids of the policies that {@link #holdWords} speaks of. */
  List<String> policiesHolding(TableName table, List<String> words) {
    return ids(holding(table, words));
  }

  private Stream<Restriction> hiding(TableName table, List<String> columns) {
    return of(table)
        .filter(
            restriction ->
                !restriction.resources().containsKey("column")
                    || columns.isEmpty()
                    || restriction.resources().get("column").holdOneOf(columns));
  }

  private Stream<Restriction> holding(TableName table, List<String> words) {
    List<Restriction> restrictions =
        of(table).filter(restriction -> !restriction.expressions().isEmpty()).toList();
    List<Pattern> patterns =
        restrictions.isEmpty() ? List.of() : words.stream().map(PolicyExpression::word).toList();
    return restrictions.stream()
        .filter(
            restriction ->
                restriction.expressions().stream()
                    .anyMatch(expression -> patterns.stream().anyMatch(expression::holds)));
  }

  private static List<String> ids(Stream<Restriction> restrictions) {
    return restrictions.flatMap(one -> one.policies().stream()).distinct().toList();
  }

  private Stream<Restriction> of(TableName table) {
    return restricted.stream().filter(restriction -> restriction.speaksOf(table));
  }
}
