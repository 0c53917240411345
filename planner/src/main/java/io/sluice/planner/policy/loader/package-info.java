/** Opens a policy engine whose libraries must not meet the gateway's own. */
@NullMarked
package io.sluice.planner.policy.loader;

import org.jspecify.annotations.NullMarked;
