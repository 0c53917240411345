package io.sluice.policy.ranger;

import static io.sluice.policy.ranger.PolicyRules.isEmpty;
import static io.sluice.policy.ranger.PolicyRules.require;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.ranger.plugin.model.RangerPolicy.RangerPolicyResource;
import org.apache.ranger.plugin.model.RangerServiceResource;
import org.apache.ranger.plugin.model.RangerTag;
import org.apache.ranger.plugin.util.ServiceTags;

/** Checks which resources have which tags, and puts the resources' names into lower case. */
final class TagRules {

  private static final Set<Set<String>> RESOURCES =
      Set.of(
          Set.of("database"), Set.of("database", "table"), Set.of("database", "table", "column"));

  private TagRules() {}

  static void check(ServiceTags tags, String file) throws InvalidPolicies {
    require(!Boolean.TRUE.equals(tags.getIsDelta()), file + " is a delta; whole sets are read");
    if (tags.getTags() == null) {
      tags.setTags(Map.of());
    }
    if (tags.getServiceResources() == null) {
      tags.setServiceResources(List.of());
    }
    if (tags.getResourceToTagIds() == null) {
      tags.setResourceToTagIds(Map.of());
    }
    for (Map.Entry<Long, RangerTag> entry : tags.getTags().entrySet()) {
      checkTag(entry.getKey(), entry.getValue(), file);
    }
    Set<Long> ids = new HashSet<>();
    for (RangerServiceResource resource : tags.getServiceResources()) {
      require(
          resource != null && resource.getId() != null && ids.add(resource.getId()),
          file + " has a resource without an id of its own");
      checkResource(resource, file + ": resource " + resource.getId());
    }
    for (Map.Entry<Long, List<Long>> entry : tags.getResourceToTagIds().entrySet()) {
      require(
          ids.contains(entry.getKey()) && tags.getTags().keySet().containsAll(entry.getValue()),
          file + " gives resource " + entry.getKey() + " a tag, and one of them does not exist");
    }
  }

  private static void checkTag(Long id, RangerTag tag, String file) throws InvalidPolicies {
    require(
        tag.getType() != null && !tag.getType().isBlank(), file + ": tag " + id + " has no type");
    if (tag.getAttributes() != null) {
      for (Map.Entry<String, String> attribute : tag.getAttributes().entrySet()) {
        require(
            attribute.getValue() != null && PolicyExpression.isPlain(attribute.getValue()),
            file
                + ": the attribute "
                + attribute.getKey()
                + " of tag "
                + id
                + " has a quote, backslash, dollar or control character");
      }
    }
  }

  private static void checkResource(RangerServiceResource resource, String where)
      throws InvalidPolicies {
    Map<String, RangerPolicyResource> elements = resource.getResourceElements();
    require(
        elements != null && RESOURCES.contains(elements.keySet()),
        where + " is no database, table or column");
    for (RangerPolicyResource element : elements.values()) {
      require(!isEmpty(element.getValues()), where + " has no values");
      element.setValues(
          element.getValues().stream().map(value -> value.toLowerCase(Locale.ROOT)).toList());
    }
  }
}
