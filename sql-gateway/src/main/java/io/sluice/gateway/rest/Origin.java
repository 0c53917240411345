package io.sluice.gateway.rest;

import io.sluice.model.Principal;
import io.sluice.planner.Namespace;
import java.util.Optional;

/**
 * Where a statement comes from: what its text means for whom.
 *
 * @param policies the version of the policies when it came; empty where they may decide otherwise
 *     each time
 */
record Origin(Principal principal, Namespace namespace, Optional<String> policies) {}
