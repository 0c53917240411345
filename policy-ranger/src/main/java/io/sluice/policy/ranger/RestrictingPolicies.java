package io.sluice.policy.ranger;

import io.sluice.model.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyResource;
import org.apache.ranger.plugin.model.RangerServiceResource;
import org.apache.ranger.plugin.util.ServiceTags;

/**
 * What the policies that take something away speak of, whoever they speak to and whenever they
 * apply. The engine answers for one user at one time; this answers for all, and errs on the side of
 * yes.
 */
final class RestrictingPolicies {

  private final List<Map<String, RangerPolicyResource>> restricted = new ArrayList<>();

  private RestrictingPolicies() {}

  static RestrictingPolicies of(PolicySet set) {
    RestrictingPolicies restricting = new RestrictingPolicies();
    for (RangerPolicy policy : set.policies().getPolicies()) {
      if (restricts(policy)) {
        restricting.restricted.add(policy.getResources());
        if (policy.getAdditionalResources() != null) {
          restricting.restricted.addAll(policy.getAdditionalResources());
        }
      }
    }
    ServiceTags tags = set.tags();
    if (tags != null && !set.tagPolicyIds().isEmpty()) {
      for (RangerServiceResource tagged : tags.getServiceResources()) {
        restricting.restricted.add(tagged.getResourceElements());
      }
    }
    return restricting;
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
    return restricted.stream()
        .anyMatch(
            resources ->
                resources.containsKey("database")
                    && !resources.containsKey("udf")
                    && speaksOf(resources.get("database"), List.of(table.schema()))
                    && (!resources.containsKey("table")
                        || speaksOf(resources.get("table"), List.of(table.table())))
                    && (!resources.containsKey("column")
                        || columns.isEmpty()
                        || speaksOf(resources.get("column"), columns)));
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
