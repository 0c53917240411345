package io.sluice.policy.ranger;

import java.lang.reflect.Field;
import org.apache.ranger.plugin.contextenricher.RangerTagEnricher;
import org.apache.ranger.plugin.model.RangerServiceDef;
import org.apache.ranger.plugin.model.validation.RangerServiceDefHelper;
import org.apache.ranger.plugin.policyengine.RangerPluginContext;
import org.apache.ranger.plugin.util.ServiceTags;

/**
 * Ranger's matching of tags to resources, over tags that it is given: its own way of starting makes
 * two threads that download tags, and evaluation goes on without tags until they have some.
 */
final class TagLookup extends RangerTagEnricher {

  private TagLookup() {}

  /** Returns a lookup that has these tags. */
  static TagLookup of(ServiceTags tags, RangerServiceDef definition, RangerPluginContext context)
      throws InvalidPolicies {
    TagLookup lookup = new TagLookup();
    lookup.setServiceName(tags.getServiceName());
    lookup.setServiceDef(definition);
    lookup.setPluginContext(context);
    try {
      // The superclass sets it only in the method that starts the threads.
      Field helper = RangerTagEnricher.class.getDeclaredField("serviceDefHelper");
      helper.setAccessible(true);
      helper.set(lookup, new RangerServiceDefHelper(definition, false));
    } catch (ReflectiveOperationException e) {
      throw new InvalidPolicies("tags cannot be matched by this version of Ranger", e);
    }
    lookup.setServiceTags(tags);
    if (!lookup.getServiceTagsVersion().equals(tags.getTagVersion())) {
      throw new InvalidPolicies("the engine did not take the tags of " + tags.getServiceName());
    }
    return lookup;
  }
}
