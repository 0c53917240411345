package io.sluice.planner.policy;

import java.nio.file.Path;
import java.util.Map;

/**
 * Makes an engine from a class loader of its own; found there by {@link java.util.ServiceLoader}.
 */
public interface PolicyEngineFactory {

  /**
   * Opens an engine over a folder of policy files and follows their changes.
   *
   * @param folder holds {@code <service>.json}, {@code <service>_roles.json}, {@code
   *     <service>_tag.json}, {@code <service>_userstore.json}; only the first must exist
   * @param servicesByCatalog the Ranger service that speaks for each catalog
   * @param expressions what the expressions of row filters and CUSTOM masks are held to when they
   *     load; one that fails is logged, and whoever uses it refuses what it covers
   * @throws io.sluice.model.SluiceException if the engine itself cannot work; files that are broken
   *     at first leave it not ready instead
   */
  PolicyEngine open(
      Path folder, Map<String, String> servicesByCatalog, ExpressionCheck expressions);
}
