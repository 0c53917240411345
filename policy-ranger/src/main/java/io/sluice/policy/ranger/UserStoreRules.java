package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyRules.require;

import java.util.Map;
import java.util.Set;
import org.apache.ranger.plugin.util.RangerUserStore;

/**
 * Checks the attributes of users and groups, which policies paste into SQL, and fills in what
 * Ranger expects to be there.
 */
final class UserStoreRules {

  private UserStoreRules() {}

  static void check(RangerUserStore store, String file) throws InvalidPolicies {
    if (store.getUserAttrMapping() == null) {
      store.setUserAttrMapping(Map.of());
    }
    if (store.getGroupAttrMapping() == null) {
      store.setGroupAttrMapping(Map.of());
    }
    if (store.getUserGroupMapping() == null) {
      store.setUserGroupMapping(Map.of());
    }
    checkAttributes(store.getUserAttrMapping(), "user", file);
    checkAttributes(store.getGroupAttrMapping(), "group", file);
    for (Map.Entry<String, Set<String>> entry : store.getUserGroupMapping().entrySet()) {
      for (String group : entry.getValue()) {
        require(
            group != null && !group.isBlank() && PolicyExpression.isPlain(group),
            file + ": user " + entry.getKey() + " is in a group whose name cannot stand in SQL");
      }
    }
  }

  private static void checkAttributes(
      Map<String, Map<String, String>> attributes, String kind, String file)
      throws InvalidPolicies {
    for (Map.Entry<String, Map<String, String>> owner : attributes.entrySet()) {
      for (Map.Entry<String, String> attribute : owner.getValue().entrySet()) {
        require(
            attribute.getValue() != null && PolicyExpression.isPlain(attribute.getValue()),
            file
                + ": the attribute "
                + attribute.getKey()
                + " of "
                + kind
                + " "
                + owner.getKey()
                + " has a quote, backslash, dollar or control character");
      }
    }
  }
}
