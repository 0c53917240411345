package io.sluice.policy.ranger;

import io.sluice.planner.policy.ExpressionCheck;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.policy.PolicyEngineFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/** Opens Apache Ranger's engine; named in {@code META-INF/services}. */
public final class RangerPolicyEngineFactory implements PolicyEngineFactory {

  /** For {@link java.util.ServiceLoader}. */
  public RangerPolicyEngineFactory() {}

  @Override
  public PolicyEngine open(
      Path folder, Map<String, String> servicesByCatalog, ExpressionCheck expressions) {
    return FolderPolicyEngine.open(folder, servicesByCatalog, expressions, InstantSource.system());
  }
}
