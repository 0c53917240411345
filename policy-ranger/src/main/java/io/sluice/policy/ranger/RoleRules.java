package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyRules.require;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ranger.plugin.model.RangerRole;
import org.apache.ranger.plugin.model.RangerRole.RoleMember;
import org.apache.ranger.plugin.util.RangerRoles;

/** Checks that roles have names, once each, and hold only roles that exist. */
final class RoleRules {

  private RoleRules() {}

  static Set<String> names(RangerRoles roles) {
    return roles.getRangerRoles().stream()
        .map(RangerRole::getName)
        .collect(Collectors.toUnmodifiableSet());
  }

  static void check(RangerRoles roles, String file) throws InvalidPolicies {
    Set<String> names = new HashSet<>();
    for (RangerRole role : roles.getRangerRoles()) {
      require(
          role != null && role.getName() != null && !role.getName().isBlank(),
          file + " has a role without a name");
      require(names.add(role.getName()), file + " has the role " + role.getName() + " twice");
    }
    for (RangerRole role : roles.getRangerRoles()) {
      for (List<RoleMember> members : List.of(role.getUsers(), role.getGroups(), role.getRoles())) {
        for (RoleMember member : members) {
          require(
              member != null && member.getName() != null && !member.getName().isBlank(),
              file + ": role " + role.getName() + " has a member without a name");
        }
      }
      for (RoleMember member : role.getRoles()) {
        require(
            names.contains(member.getName()),
            file
                + ": role "
                + role.getName()
                + " holds the role "
                + member.getName()
                + ", which does not exist");
      }
    }
  }
}
