package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyRules.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.policy.ranger.PolicyFiles.Part;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.ranger.plugin.model.RangerPolicy;
import org.apache.ranger.plugin.util.RangerRoles;
import org.apache.ranger.plugin.util.RangerUserStore;
import org.apache.ranger.plugin.util.ServicePolicies;
import org.apache.ranger.plugin.util.ServicePolicies.TagPolicies;
import org.apache.ranger.plugin.util.ServiceTags;
import org.jspecify.annotations.Nullable;

/**
 * Reads a service's files into a {@link PolicySet}, all or nothing.
 *
 * <p>{@code <service>.json} holds what Ranger Admin sends a plugin ({@code serviceName}, {@code
 * policies}, {@code tagPolicies} …) or what its export writes ({@code metaDataInfo}, {@code
 * policies}). Service definitions in it are not used, since conditions name Java classes in them;
 * names that ours do not know are errors. Tag policies may also stand in {@code <service>_tag.json}
 * as {@code tagPolicies}.
 */
final class PolicySetReader {

  /** What a script can only know from the user store. */
  private static final Pattern USER_ATTRIBUTE =
      Pattern.compile(
          "USER\\.(?!_name\\b)|\\bUGA?\\b|GET_USER_ATTR|GET_UG_ATTR|HAS_USER_ATTR|HAS_UG_ATTR"
              + "|USER_ATTR_NAMES|UG_ATTR_NAMES|getUserAttribute|getGroupAttribute"
              + "|UserGroupAttribute");

  private final PolicyFiles files;
  private final String service;

  private final ExpressionCheck expressions;

  private PolicySetReader(PolicyFiles files, ExpressionCheck expressions) {
    this.files = files;
    this.expressions = expressions;
    this.service = files.service();
  }

  static PolicySet read(PolicyFiles files, ExpressionCheck expressions) throws InvalidPolicies {
    return new PolicySetReader(files, expressions).read();
  }

  private PolicySet read() throws InvalidPolicies {
    String file = Part.POLICIES.fileName(service);
    ObjectNode policyTree = tree(Part.POLICIES);
    if (policyTree == null) {
      throw new InvalidPolicies(file + " is missing");
    }
    ObjectNode tagTree = tree(Part.TAGS);
    if (tagTree != null && tagTree.has("tagPolicies")) {
      require(!policyTree.has("tagPolicies"), file + " and its tag file both have tagPolicies");
      policyTree.set("tagPolicies", tagTree.remove("tagPolicies"));
    }
    RangerRoles roles = roles();
    RangerUserStore userStore = userStore();
    ServiceTags tags = tagTree == null ? null : tags(tagTree);
    ServicePolicies policies = policies(policyTree, file);

    PolicyRules rules = new PolicyRules(file, RoleRules.names(roles), expressions);
    rules.checkHive(policies.getPolicies(), service);
    TagPolicies tagPolicies = policies.getTagPolicies();
    if (tagPolicies != null) {
      rules.checkTag(tagPolicies.getPolicies(), tagPolicies.getServiceName());
      require(
          tags != null || tagPolicies.getPolicies().isEmpty(),
          file + " has tag policies, but " + Part.TAGS.fileName(service) + " is missing");
    }
    checkScripts(file, rules.scripts());
    boolean timedTags =
        tags != null
            && tags.getTags().values().stream()
                .anyMatch(tag -> !PolicyRules.isEmpty(tag.getValidityPeriods()));
    PolicySet set =
        new PolicySet(
            policies,
            roles,
            tags,
            userStore,
            rules.expressions(),
            rules.unusable(),
            rules.tagPolicyIds(),
            rules.isConditional() || timedTags,
            rules.pastesNames() || !rules.scripts().isEmpty(),
            files.hash());
    number(set);
    return set;
  }

  private ServicePolicies policies(ObjectNode tree, String file) throws InvalidPolicies {
    tree.remove("metaDataInfo");
    requireDefinition(tree.remove("serviceDef"), ServiceDefinitions.HIVE, file);
    if (tree.get("tagPolicies") instanceof ObjectNode tagPolicies) {
      requireDefinition(tagPolicies.remove("serviceDef"), ServiceDefinitions.TAG, file);
    }
    ServicePolicies policies = StrictJson.bind(tree, ServicePolicies.class, file);
    requireService(policies.getServiceName(), file);
    require(policies.getPolicies() != null, file + " has no policies; write [] for none");
    require(
        policies.getSecurityZones() == null || policies.getSecurityZones().isEmpty(),
        file + " has security zones, which are not supported");
    require(policies.getPolicyDeltas() == null, file + " has policy deltas; whole sets are read");
    requireNoSuperUsers(policies.getServiceConfig(), file);
    policies.setServiceName(service);
    policies.setServiceConfig(null);
    policies.setAuditMode("audit-none");
    policies.setServiceDef(ServiceDefinitions.hive());
    requireNoneNull(policies.getPolicies(), file);

    TagPolicies tagPolicies = policies.getTagPolicies();
    if (tagPolicies != null) {
      if (tagPolicies.getPolicies() == null) {
        tagPolicies.setPolicies(List.of());
      }
      requireNoneNull(tagPolicies.getPolicies(), file);
      requireNoSuperUsers(tagPolicies.getServiceConfig(), file);
      if (tagPolicies.getServiceName() == null) {
        tagPolicies.setServiceName(service + "_tag");
      }
      tagPolicies.setServiceConfig(null);
      tagPolicies.setAuditMode("audit-none");
      tagPolicies.setServiceDef(ServiceDefinitions.tag());
    }
    return policies;
  }

  private RangerRoles roles() throws InvalidPolicies {
    String file = Part.ROLES.fileName(service);
    ObjectNode tree = tree(Part.ROLES);
    RangerRoles roles =
        tree == null ? new RangerRoles() : StrictJson.bind(tree, RangerRoles.class, file);
    requireService(roles.getServiceName(), file);
    if (roles.getRangerRoles() == null) {
      roles.setRangerRoles(Set.of());
    }
    RoleRules.check(roles, file);
    return roles;
  }

  private RangerUserStore userStore() throws InvalidPolicies {
    String file = Part.USER_STORE.fileName(service);
    ObjectNode tree = tree(Part.USER_STORE);
    RangerUserStore store =
        tree == null ? new RangerUserStore() : StrictJson.bind(tree, RangerUserStore.class, file);
    UserStoreRules.check(store, file);
    return store;
  }

  private ServiceTags tags(ObjectNode tree) throws InvalidPolicies {
    String file = Part.TAGS.fileName(service);
    ServiceTags tags = StrictJson.bind(tree, ServiceTags.class, file);
    requireService(tags.getServiceName(), file);
    TagRules.check(tags, file);
    tags.setServiceName(service);
    return tags;
  }

  /** The numbers in the files say little; the engine is given one that says what they hold. */
  private static void number(PolicySet set) {
    set.policies().setPolicyVersion(set.number());
    if (set.policies().getTagPolicies() != null) {
      set.policies().getTagPolicies().setPolicyVersion(set.number());
    }
    set.roles().setRoleVersion(set.number());
    set.userStore().setUserStoreVersion(set.number());
    if (set.tags() != null) {
      set.tags().setTagVersion(set.number());
    }
  }

  private void checkScripts(String file, Map<String, String> scripts) throws InvalidPolicies {
    if (scripts.isEmpty()) {
      return;
    }
    ScriptCheck.requireWorking(file);
    for (Map.Entry<String, String> script : scripts.entrySet()) {
      ScriptCheck.requireSyntax(script.getValue(), script.getKey());
      require(
          !USER_ATTRIBUTE.matcher(script.getKey()).find() || files.content(Part.USER_STORE) != null,
          script.getValue()
              + " has a script with user attributes, but "
              + Part.USER_STORE.fileName(service)
              + " is missing");
    }
  }

  private @Nullable ObjectNode tree(Part part) throws InvalidPolicies {
    byte[] bytes = files.content(part);
    return bytes == null ? null : StrictJson.object(bytes, part.fileName(service));
  }

  private void requireService(@Nullable String name, String file) throws InvalidPolicies {
    require(
        name == null || name.equals(service), file + " is for the service " + name + ", not this");
  }

  private static void requireDefinition(@Nullable JsonNode definition, String name, String file)
      throws InvalidPolicies {
    require(
        definition == null || definition.path("name").asText().equals(name),
        file + " has policies for another service definition than " + name);
  }

  private static void requireNoSuperUsers(@Nullable Map<String, String> config, String file)
      throws InvalidPolicies {
    if (config != null) {
      for (Map.Entry<String, String> entry : config.entrySet()) {
        require(
            !entry.getKey().toLowerCase(Locale.ROOT).contains("super.")
                || entry.getValue().isBlank(),
            file + " makes super users, who would see every row; grant them policies instead");
      }
    }
  }

  private static void requireNoneNull(List<RangerPolicy> policies, String file)
      throws InvalidPolicies {
    require(policies.stream().noneMatch(policy -> policy == null), file + " has a null policy");
  }
}
