package io.sluice.policy.ranger;

import java.util.Properties;
import org.apache.ranger.authorization.hadoop.config.RangerPluginConfig;
import org.apache.ranger.plugin.policyengine.PolicyEngine;
import org.apache.ranger.plugin.policyengine.RangerPolicyEngineImpl;
import org.apache.ranger.plugin.service.RangerBasePlugin;

/**
 * Ranger's plugin over one {@link PolicySet}. It is never initialised, since that starts auditing
 * and the download of policies; it is given its set once, and a changed set gets a new one.
 */
final class ServiceEngine extends RangerBasePlugin {

  private static final String PREFIX = "ranger.plugin." + ServiceDefinitions.HIVE;

  private ServiceEngine(RangerPluginConfig config) {
    super(config);
  }

  /**
   * Returns an engine that has taken the set.
   *
   * @throws InvalidPolicies if it has not: Ranger logs what goes wrong and keeps what it had
   */
  static ServiceEngine of(PolicySet set) throws InvalidPolicies {
    Properties properties = new Properties();
    properties.setProperty(PREFIX + ".policyengine.option.disable.policy.refresher", "true");
    properties.setProperty(PREFIX + ".policyengine.option.disable.tag.retriever", "true");
    properties.setProperty(PREFIX + ".policyengine.option.disable.userstore.retriever", "true");
    properties.setProperty("xasecure.audit.is.enabled", "false");
    String service = set.policies().getServiceName();
    ServiceEngine engine =
        new ServiceEngine(
            new RangerPluginConfig(ServiceDefinitions.HIVE, service, "sluice", properties));
    engine.setRoles(set.roles());
    engine.setPolicies(set.policies());
    if (engine.getPolicyEngine() == null
        || engine.getPoliciesVersion() != set.number()
        || engine.getRolesVersion() != set.number()) {
      throw new InvalidPolicies("the engine did not take the policies of " + service);
    }
    return engine;
  }

  PolicyEngine internals() {
    if (getPolicyEngine() instanceof RangerPolicyEngineImpl implementation) {
      return implementation.getPolicyEngine();
    }
    throw new IllegalStateException("the engine has no policies");
  }
}
