package io.sluice.policy.ranger;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.ranger.plugin.util.RangerRoles;
import org.apache.ranger.plugin.util.RangerUserStore;
import org.apache.ranger.plugin.util.ServicePolicies;
import org.apache.ranger.plugin.util.ServiceTags;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides about one service: read, checked, with names in lower case.
 *
 * @param expressions by the stand-in that the policies hold in their place, so that Ranger chooses
 *     a filter or mask and never touches its text
 * @param unusable one sentence for each policy whose expression cannot be applied; what such a one
 *     covers is refused where it is read
 * @param tagPolicyIds which policies are tag policies
 * @param conditional whether an answer may depend on more than the principal: time, address, script
 * @param pastesNames whether user or group names get into resource names or expressions
 * @param hash of the files
 */
record PolicySet(
    ServicePolicies policies,
    RangerRoles roles,
    @Nullable ServiceTags tags,
    RangerUserStore userStore,
    Map<String, PolicyExpression> expressions,
    List<String> unusable,
    Set<Long> tagPolicyIds,
    boolean conditional,
    boolean pastesNames,
    String hash) {

  PolicySet {
    expressions = Map.copyOf(expressions);
    unusable = List.copyOf(unusable);
    tagPolicyIds = Set.copyOf(tagPolicyIds);
  }

  /** Returns the hash as the positive number that Ranger takes for a version. */
  long number() {
    return Long.parseUnsignedLong(hash.substring(0, 15), 16);
  }
}
