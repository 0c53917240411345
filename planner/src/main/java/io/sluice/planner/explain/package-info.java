/** EXPLAIN POLICIES: what policy makes of a statement, for administrators. */
@NullMarked
package io.sluice.planner.explain;

import org.jspecify.annotations.NullMarked;
