/** The port behind which a policy engine decides; this package uses the JDK and model alone. */
@NullMarked
package io.sluice.planner.policy;

import org.jspecify.annotations.NullMarked;
