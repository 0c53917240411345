package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.ranger.plugin.util.RangerRoles;
import org.apache.ranger.plugin.util.RangerUserStore;
import org.apache.ranger.plugin.util.ServicePolicies;
import org.junit.jupiter.api.Test;

/** Ranger swallows what goes wrong while it takes policies; that has to be noticed. */
class ServiceEngineTest {

  private static PolicySet set(ServicePolicies policies) {
    policies.setServiceName("lake");
    policies.setPolicies(List.of());
    PolicySet set =
        new PolicySet(
            policies,
            new RangerRoles(),
            null,
            new RangerUserStore(),
            Map.of(),
            List.of(),
            Set.of(),
            false,
            false,
            "0123456789abcdef0123456789abcdef");
    policies.setPolicyVersion(set.number());
    set.roles().setRoleVersion(set.number());
    return set;
  }

  @Test
  void aSetThatTheEngineDoesNotTakeIsAnError() {
    assertThatThrownBy(() -> ServiceEngine.of(set(new ServicePolicies())))
        .isInstanceOf(InvalidPolicies.class)
        .hasMessageContaining("did not take the policies of lake");
  }

  @Test
  void aSetThatItTakesHasItsVersion() throws InvalidPolicies {
    ServicePolicies policies = new ServicePolicies();
    policies.setServiceDef(ServiceDefinitions.hive());
    PolicySet set = set(policies);
    assertThat(ServiceEngine.of(set).getPoliciesVersion()).isEqualTo(set.number()).isPositive();
  }
}
