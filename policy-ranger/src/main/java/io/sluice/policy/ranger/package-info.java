/** Apache Ranger's engine behind the planner's port. */
@NullMarked
package io.sluice.policy.ranger;

import org.jspecify.annotations.NullMarked;
