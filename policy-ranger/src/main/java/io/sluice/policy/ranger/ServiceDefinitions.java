package io.sluice.policy.ranger;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ranger.plugin.model.RangerServiceDef;
import org.apache.ranger.plugin.model.RangerServiceDef.RangerAccessTypeDef;
import org.apache.ranger.plugin.model.RangerServiceDef.RangerDataMaskTypeDef;
import org.apache.ranger.plugin.model.RangerServiceDef.RangerPolicyConditionDef;

/**
 * The service definitions that policies are read against. Ours stand in for those of an export:
 * names are the same, but conditions are evaluated by classes that fail closed, and masks and row
 * filters accept wildcards, which Ranger's own definition silently does not match.
 */
final class ServiceDefinitions {

  static final String HIVE = "hive";
  static final String TAG = "tag";

  private static final Names HIVE_NAMES = names(read("hive-service.json"));
  private static final Names TAG_NAMES = names(read("tag-service.json"));

  private ServiceDefinitions() {}

  /** The names that a definition knows. */
  record Names(
      Set<String> accessTypes,
      Set<String> maskTypes,
      Set<String> scriptConditions,
      Set<String> otherConditions) {

    boolean hasCondition(String name) {
      return scriptConditions.contains(name) || otherConditions.contains(name);
    }
  }

  /** Returns a copy of its own, because the engine changes what it is given. */
  static RangerServiceDef hive() {
    return read("hive-service.json");
  }

  /** Returns a copy of its own, because the engine changes what it is given. */
  static RangerServiceDef tag() {
    return read("tag-service.json");
  }

  static Names hiveNames() {
    return HIVE_NAMES;
  }

  static Names tagNames() {
    return TAG_NAMES;
  }

  private static RangerServiceDef read(String resource) {
    try (InputStream in = ServiceDefinitions.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      return StrictJson.bind(
          StrictJson.object(in.readAllBytes(), resource), RangerServiceDef.class, resource);
    } catch (IOException | InvalidPolicies e) {
      throw new IllegalStateException(resource + " cannot be read", e);
    }
  }

  private static Names names(RangerServiceDef definition) {
    Set<String> scripts =
        definition.getPolicyConditions().stream()
            .filter(condition -> !AddressCondition.class.getName().equals(condition.getEvaluator()))
            .map(RangerPolicyConditionDef::getName)
            .collect(Collectors.toUnmodifiableSet());
    return new Names(
        definition.getAccessTypes().stream()
            .map(RangerAccessTypeDef::getName)
            .collect(Collectors.toUnmodifiableSet()),
        definition.getDataMaskDef().getMaskTypes().stream()
            .map(RangerDataMaskTypeDef::getName)
            .collect(Collectors.toUnmodifiableSet()),
        scripts,
        definition.getPolicyConditions().stream()
            .map(RangerPolicyConditionDef::getName)
            .filter(name -> !scripts.contains(name))
            .collect(Collectors.toUnmodifiableSet()));
  }
}
