package io.sluice.policy.ranger;

import io.sluice.model.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
   * @param resources as Ranger names them
   * @param expressions of row filters and masks
   */
  private record Restriction(
      Map<String, RangerPolicyResource> resources, List<PolicyExpression> expressions) {}

  static RestrictingPolicies of(PolicySet set) {
    RestrictingPolicies restricting = new RestrictingPolicies();
    for (RangerPolicy policy : set.policies().getPolicies()) {
      if (restricts(policy)) {
        List<PolicyExpression> expressions = expressions(policy, set).toList();
        restricting.restricted.add(new Restriction(policy.getResources(), expressions));
        if (policy.getAdditionalResources() != null) {
          policy
              .getAdditionalResources()
              .forEach(more -> restricting.restricted.add(new Restriction(more, expressions)));
        }
      }
    }
    ServiceTags tags = set.tags();
    TagPolicies tagPolicies = set.policies().getTagPolicies();
    if (tags != null && tagPolicies != null && !set.tagPolicyIds().isEmpty()) {
      List<PolicyExpression> expressions =
          tagPolicies.getPolicies().stream().flatMap(policy -> expressions(policy, set)).toList();
      for (RangerServiceResource tagged : tags.getServiceResources()) {
        restricting.restricted.add(new Restriction(tagged.getResourceElements(), expressions));
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

  boolean restrict(TableName table, List<String> columns) {
    return of(table)
        .anyMatch(
            restriction ->
                !restriction.resources().containsKey("column")
                    || columns.isEmpty()
                    || speaksOf(restriction.resources().get("column"), columns));
  }

  /** Returns whether one of the words stands in an expression for the table. */
  boolean holdWords(TableName table, List<String> words) {
    return of(table)
        .flatMap(restriction -> restriction.expressions().stream())
        .anyMatch(expression -> words.stream().anyMatch(expression::holds));
  }

  private Stream<Restriction> of(TableName table) {
    return restricted.stream()
        .filter(
            restriction -> {
              Map<String, RangerPolicyResource> resources = restriction.resources();
              return resources.containsKey("database")
                  && !resources.containsKey("udf")
                  && speaksOf(resources.get("database"), List.of(table.schema()))
                  && (!resources.containsKey("table")
                      || speaksOf(resources.get("table"), List.of(table.table())));
            });
  }

  private static boolean speaksOf(RangerPolicyResource resource, List<String> names) {
    if (Boolean.TRUE.equals(resource.getIsExcludes())) {
      return true;
    }
    return resource.getValues().stream()
        .map(RestrictingPolicies::pattern)
        .anyMatch(
            pattern ->
                names.stream()
                    .anyMatch(name -> pattern.matcher(name.toLowerCase(Locale.ROOT)).matches()));
  }

  /** Any user's name may stand for a {@code {USER}}. */
  private static Pattern pattern(String value) {
    StringBuilder expression = new StringBuilder();
    String text = value.toLowerCase(Locale.ROOT).replace("{user}", "*");
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '*' -> expression.append(".*");
                case '?' -> expression.append('.');
                default -> expression.append(Pattern.quote(Character.toString(point)));
              }
            });
    return Pattern.compile(expression.toString(), Pattern.DOTALL);
  }
}
