package io.sluice.policy.ranger;

import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.planner.policy.ExpressionCheck.Use;
import io.sluice.policy.ranger.ServiceDefinitions.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyItemCondition;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyResource;
import org.apache.ranger.plugin.model.RangerValiditySchedule;
import org.apache.ranger.plugin.model.validation.RangerValidityScheduleValidator;
import org.jspecify.annotations.Nullable;

/**
 * Checks the policies of one service, one by one, and puts their names into lower case. What the
 * engine would skip with a line in its log is an error here.
 */
final class PolicyRules {

  private static final Set<Set<String>> HIVE_RESOURCES =
      Set.of(
          Set.of("database"),
          Set.of("database", "table"),
          Set.of("database", "table", "column"),
          Set.of("database", "udf"),
          Set.of("url"),
          Set.of("hiveservice"),
          Set.of("global"));

  /** Accesses that are or imply reading. */
  private static final Set<String> SELECTING = Set.of(Questions.SELECT, "all");

  /** A whole address, or the beginning of one followed by wildcards; not a CIDR block. */
  private static final Pattern ADDRESS =
      Pattern.compile("\\*|[0-9]+(\\.[0-9]+){0,3}(\\.\\*)*|[0-9A-Fa-f:]+(:\\*)*");

  private final String file;
  private final Set<String> roles;
  private final Set<Long> ids = new HashSet<>();
  private final Set<Long> tagPolicyIds = new HashSet<>();
  private final Map<String, String> scripts = new HashMap<>();
  private final Map<String, String> standInsByText = new HashMap<>();
  private final Map<String, PolicyExpression> expressions = new HashMap<>();
  private final ExpressionCheck check;
  private final List<String> unusable = new ArrayList<>();
  private boolean conditional;
  private boolean pastesNames;

  /**
   * @param file named in what is wrong
   * @param roles the roles that there are
   * @param check what expressions are held to
   */
  PolicyRules(String file, Set<String> roles, ExpressionCheck check) {
    this.file = file;
    this.roles = Set.copyOf(roles);
    this.check = check;
  }

  /** Checks the policies of a Hive service. */
  void checkHive(List<RangerPolicy> policies, String service) throws InvalidPolicies {
    for (RangerPolicy policy : policies) {
      String where = start(policy, service, ServiceDefinitions.HIVE);
      List<Map<String, RangerPolicyResource>> all = new ArrayList<>();
      all.add(policy.getResources());
      if (policy.getAdditionalResources() != null) {
        all.addAll(policy.getAdditionalResources());
      }
      for (Map<String, RangerPolicyResource> resources : all) {
        checkHiveResources(where, policy.getPolicyType(), resources);
        require(
            !isAboveColumns(resources) || !deniesSelect(policy),
            where
                + " denies select on "
                + resources.keySet()
                + ", which Ranger applies to no column; add the resource column, * for all");
      }
      checkRest(where, policy, ServiceDefinitions.hiveNames());
    }
  }

  /** Checks the policies of a tag service. */
  void checkTag(List<RangerPolicy> policies, String service) throws InvalidPolicies {
    for (RangerPolicy policy : policies) {
      String where = start(policy, service, ServiceDefinitions.TAG);
      tagPolicyIds.add(policy.getId());
      require(
          policy.getPolicyType() != RangerPolicy.POLICY_TYPE_ROWFILTER,
          where + " is a row filter, which tags cannot have");
      require(
          policy.getResources().keySet().equals(Set.of("tag"))
              && isEmpty(policy.getAdditionalResources()),
          where + " needs the resource tag and no other");
      for (RangerPolicyResource resource : policy.getResources().values()) {
        checkValues(where, "tag", resource);
      }
      checkRest(where, policy, ServiceDefinitions.tagNames());
    }
  }

  boolean isConditional() {
    return conditional;
  }

  boolean pastesNames() {
    return pastesNames;
  }

  Set<Long> tagPolicyIds() {
    return tagPolicyIds;
  }

  /** Returns each script with where it stands. */
  Map<String, String> scripts() {
    return scripts;
  }

  Map<String, PolicyExpression> expressions() {
    return expressions;
  }

  /** Returns what is wrong with expressions, a sentence for each policy and expression. */
  List<String> unusable() {
    return unusable;
  }

  private String start(RangerPolicy policy, String service, String type) throws InvalidPolicies {
    require(policy.getId() != null, file + " has a policy without id");
    String where = file + ": policy " + policy.getId();
    require(ids.add(policy.getId()), where + " is there twice");
    require(
        policy.getService() == null || policy.getService().equals(service),
        where + " belongs to another service");
    require(
        policy.getServiceType() == null || policy.getServiceType().equals(type),
        where + " is not of service type " + type);
    if (policy.getPolicyType() == null) {
      policy.setPolicyType(RangerPolicy.POLICY_TYPE_ACCESS);
    }
    require(
        policy.getPolicyType() >= RangerPolicy.POLICY_TYPE_ACCESS
            && policy.getPolicyType() <= RangerPolicy.POLICY_TYPE_ROWFILTER,
        where + " has an unknown policyType");
    int priority =
        Objects.requireNonNullElse(policy.getPolicyPriority(), RangerPolicy.POLICY_PRIORITY_NORMAL);
    require(
        priority == RangerPolicy.POLICY_PRIORITY_NORMAL
            || priority == RangerPolicy.POLICY_PRIORITY_OVERRIDE,
        where + " has a policyPriority other than 0 and 1");
    require(
        policy.getZoneName() == null || policy.getZoneName().isBlank(),
        where + " is in a security zone, which is not supported");
    require(
        policy.getResources() != null && !policy.getResources().isEmpty(),
        where + " has no resources");
    return where;
  }

  private void checkRest(String where, RangerPolicy policy, Names names) throws InvalidPolicies {
    checkConditions(where, policy.getConditions(), names);
    if (!isEmpty(policy.getValiditySchedules())) {
      conditional = true;
      for (RangerValiditySchedule schedule : policy.getValiditySchedules()) {
        require(
            new RangerValidityScheduleValidator(schedule).validate(new ArrayList<>()) != null,
            where + " has a validity schedule that cannot be read");
      }
    }
    new ItemRules(this, where, names, roles).check(policy);
  }

  private void checkHiveResources(
      String where, int policyType, Map<String, RangerPolicyResource> resources)
      throws InvalidPolicies {
    Set<String> expected =
        switch (policyType) {
          case RangerPolicy.POLICY_TYPE_DATAMASK -> Set.of("database", "table", "column");
          case RangerPolicy.POLICY_TYPE_ROWFILTER -> Set.of("database", "table");
          default -> resources.keySet();
        };
    require(
        HIVE_RESOURCES.contains(resources.keySet()) && resources.keySet().equals(expected),
        where + " has resources " + resources.keySet() + " that do not go with its type");
    for (Map.Entry<String, RangerPolicyResource> entry : resources.entrySet()) {
      checkValues(where, entry.getKey(), entry.getValue());
      if (Set.of("database", "table", "column", "udf").contains(entry.getKey())) {
        entry.getValue().setValues(entry.getValue().getValues().stream().map(this::fold).toList());
      }
    }
  }

  private static boolean isAboveColumns(Map<String, RangerPolicyResource> resources) {
    return resources.containsKey("database")
        && !resources.containsKey("column")
        && !resources.containsKey("udf");
  }

  /** Reading asks about columns; a policy above them is an ancestor, which Ranger passes over. */
  private static boolean deniesSelect(RangerPolicy policy) {
    return !Boolean.FALSE.equals(policy.getIsEnabled())
        && (Boolean.TRUE.equals(policy.getIsDenyAllElse())
            || policy.getDenyPolicyItems().stream()
                .flatMap(item -> item.getAccesses().stream())
                .anyMatch(access -> SELECTING.contains(access.getType())));
  }

  private void checkValues(String where, String name, RangerPolicyResource resource)
      throws InvalidPolicies {
    require(!isEmpty(resource.getValues()), where + " has no values for " + name);
    for (String value : resource.getValues()) {
      require(value != null && !value.isBlank(), where + " has an empty value for " + name);
      String rest = value.replace("{USER}", "");
      require(
          rest.chars().noneMatch(c -> c == '{' || c == '}' || c == '\\'),
          where + " has " + name + " " + value + "; of tokens only {USER} is supported there");
      pastesNames |= value.contains("{USER}");
    }
  }

  private String fold(String value) {
    return value.toLowerCase(Locale.ROOT).replace("{user}", "{USER}");
  }

  void checkConditions(String where, List<RangerPolicyItemCondition> conditions, Names names)
      throws InvalidPolicies {
    if (isEmpty(conditions)) {
      return;
    }
    conditional = true;
    for (RangerPolicyItemCondition condition : conditions) {
      String type = condition.getType();
      require(
          type != null && names.hasCondition(type), where + " has an unknown condition " + type);
      List<String> values = condition.getValues();
      require(
          !isEmpty(values) && values.stream().noneMatch(v -> v == null || v.isBlank()),
          where + " has a condition " + type + " without a value");
      if (names.scriptConditions().contains(type)) {
        require(values.size() == 1, where + " has a condition " + type + " with several values");
        if (type.equals("accessed-after-expiry")) {
          require(
              Set.of("yes", "no").contains(values.get(0)),
              where + " has a condition " + type + " that is neither yes nor no");
          scripts.put("true", where);
        } else {
          scripts.put(values.get(0), where);
        }
      } else {
        for (String value : values) {
          require(
              ADDRESS.matcher(value).matches(),
              where + " has the address " + value + ", which is neither one nor 10.1.*");
        }
      }
    }
  }

  /** Notes an expression that cannot be applied, unless its policy is switched off. */
  void check(RangerPolicy policy, Use use, String standIn) {
    PolicyExpression expression = expressions.get(standIn);
    if (expression == null || Boolean.FALSE.equals(policy.getIsEnabled())) {
      return;
    }
    expression
        .problem(text -> check.problem(use, text))
        .ifPresent(
            problem ->
                unusable.add(
                    file
                        + ": policy "
                        + policy.getId()
                        + (policy.getName() == null ? "" : " (" + policy.getName() + ")")
                        + " has a "
                        + (use == Use.MASK ? "mask" : "row filter")
                        + " that cannot be applied, so what it covers cannot be read: "
                        + problem));
  }

  /** Takes an expression out of a policy and returns what stands there instead. */
  String standIn(String where, String text) throws InvalidPolicies {
    String known = standInsByText.get(text);
    if (known != null) {
      return known;
    }
    try {
      PolicyExpression expression = PolicyExpression.of(text);
      if (!expression.scripts().isEmpty()) {
        conditional = true;
        pastesNames = true;
        expression.scripts().forEach(script -> scripts.put(script, where));
      }
      String key = "expression-" + expressions.size();
      standInsByText.put(text, key);
      expressions.put(key, expression);
      return key;
    } catch (IllegalArgumentException e) {
      throw new InvalidPolicies(where + ": its expression " + e.getMessage(), e);
    }
  }

  static void require(boolean condition, String message) throws InvalidPolicies {
    if (!condition) {
      throw new InvalidPolicies(message);
    }
  }

  static boolean isEmpty(@Nullable List<?> list) {
    return list == null || list.isEmpty();
  }
}
