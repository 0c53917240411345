package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyRules.isEmpty;
import static io.sluice.policy.ranger.PolicyRules.require;

import io.sluice.planner.policy.ExpressionCheck.Use;
import io.sluice.policy.ranger.ServiceDefinitions.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.model.RangerPolicy.RangerDataMaskPolicyItem;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyItem;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyItemAccess;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyItemDataMaskInfo;
import org.apache.ranger.plugin.model.RangerPolicy.RangerRowFilterPolicyItem;
import org.jspecify.annotations.Nullable;

/** Checks who a policy speaks of and what it gives or takes. */
final class ItemRules {

  private static final String OWNER = "{OWNER}";

  private final PolicyRules rules;
  private final String where;
  private final Names names;
  private final Set<String> roles;

  ItemRules(PolicyRules rules, String where, Names names, Set<String> roles) {
    this.rules = rules;
    this.where = where;
    this.names = names;
    this.roles = roles;
  }

  void check(RangerPolicy policy) throws InvalidPolicies {
    List<RangerPolicyItem> granting = new ArrayList<>(policy.getPolicyItems());
    granting.addAll(policy.getDenyExceptions());
    List<RangerPolicyItem> taking = new ArrayList<>(policy.getDenyPolicyItems());
    taking.addAll(policy.getAllowExceptions());
    List<RangerDataMaskPolicyItem> masks = policy.getDataMaskPolicyItems();
    List<RangerRowFilterPolicyItem> filters = policy.getRowFilterPolicyItems();

    int type = policy.getPolicyType();
    boolean access = !granting.isEmpty() || !taking.isEmpty();
    boolean masking = !masks.isEmpty();
    boolean filtering = !filters.isEmpty();
    require(
        access == (type == RangerPolicy.POLICY_TYPE_ACCESS && !denyAllElseAlone(policy, access))
            && masking == (type == RangerPolicy.POLICY_TYPE_DATAMASK)
            && filtering == (type == RangerPolicy.POLICY_TYPE_ROWFILTER),
        where + " has no items of its type, or items of another");
    for (RangerPolicyItem item : granting) {
      checkItem(item, false);
    }
    for (RangerPolicyItem item : taking) {
      checkItem(item, true);
    }
    for (RangerDataMaskPolicyItem item : masks) {
      checkItem(item, true);
      requireSelectOnly(item);
      checkMask(policy, item.getDataMaskInfo());
    }
    for (RangerRowFilterPolicyItem item : filters) {
      checkItem(item, true);
      requireSelectOnly(item);
      checkFilter(policy, item);
    }
  }

  private static boolean denyAllElseAlone(RangerPolicy policy, boolean access) {
    return !access && Boolean.TRUE.equals(policy.getIsDenyAllElse());
  }

  private void checkItem(RangerPolicyItem item, boolean restricting) throws InvalidPolicies {
    require(
        !isEmpty(item.getUsers()) || !isEmpty(item.getGroups()) || !isEmpty(item.getRoles()),
        where + " has an item without users, groups and roles");
    for (List<String> principals : List.of(item.getUsers(), item.getGroups(), item.getRoles())) {
      for (String name : principals) {
        require(name != null && !name.isBlank(), where + " has an item with an empty name");
      }
    }
    require(
        !restricting || !item.getUsers().contains(OWNER),
        where + " restricts {OWNER}, and owners are not known here; name the users");
    for (String role : item.getRoles()) {
      require(roles.contains(role), where + " names the role " + role + ", which does not exist");
    }
    require(!isEmpty(item.getAccesses()), where + " has an item without accesses");
    for (RangerPolicyItemAccess access : item.getAccesses()) {
      checkAccess(access);
    }
    rules.checkConditions(where, item.getConditions(), names);
  }

  private void checkAccess(RangerPolicyItemAccess access) throws InvalidPolicies {
    String type = access.getType();
    require(type != null, where + " has an access without type");
    require(
        names.accessTypes().contains(type) || isOfAnotherComponent(type),
        where + " has an unknown access type " + type + " (types are in lower case)");
    require(
        access.getIsAllowed() == null || access.getIsAllowed(),
        where + " has an access with isAllowed false; write a deny item instead");
  }

  /** A tag policy may speak of other components' accesses, which are nothing to us. */
  private boolean isOfAnotherComponent(String type) {
    int colon = type.indexOf(':');
    return names == ServiceDefinitions.tagNames()
        && colon > 0
        && !type.substring(0, colon).equals(ServiceDefinitions.HIVE);
  }

  private void requireSelectOnly(RangerPolicyItem item) throws InvalidPolicies {
    for (RangerPolicyItemAccess access : item.getAccesses()) {
      require(
          access.getType().equals("select")
              || access.getType().equals("hive:select")
              || isOfAnotherComponent(access.getType()),
          where + " restricts an access other than select");
    }
  }

  private void checkMask(RangerPolicy policy, RangerPolicyItemDataMaskInfo mask)
      throws InvalidPolicies {
    require(
        mask != null && mask.getDataMaskType() != null, where + " has an item without mask type");
    String type = mask.getDataMaskType();
    if (names == ServiceDefinitions.tagNames() && type.startsWith("hive:")) {
      type = type.substring("hive:".length());
      mask.setDataMaskType(type);
    }
    require(names.maskTypes().contains(type), where + " has an unknown mask type " + type);
    require(isBlank(mask.getConditionExpr()), where + " has a mask with conditionExpr");
    if (type.equals(RangerPolicy.MASK_TYPE_CUSTOM)) {
      require(!isBlank(mask.getValueExpr()), where + " has a CUSTOM mask without valueExpr");
      mask.setValueExpr(rules.standIn(where, mask.getValueExpr()));
      rules.check(policy, Use.MASK, mask.getValueExpr());
    } else {
      require(isBlank(mask.getValueExpr()), where + " has valueExpr, which only CUSTOM masks have");
      mask.setValueExpr(null);
    }
  }

  private void checkFilter(RangerPolicy policy, RangerRowFilterPolicyItem item)
      throws InvalidPolicies {
    require(
        item.getRowFilterInfo() != null && !isBlank(item.getRowFilterInfo().getFilterExpr()),
        where + " has a row filter without filterExpr; one that hides nothing is true");
    String standIn = rules.standIn(where, item.getRowFilterInfo().getFilterExpr());
    item.getRowFilterInfo().setFilterExpr(standIn);
    rules.check(policy, Use.ROW_FILTER, standIn);
  }

  private static boolean isBlank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
