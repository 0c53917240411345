/**
 * SQL functions that a session makes: what is kept of them, and how their calls are written out.
 */
@NullMarked
package io.sluice.planner.routine;

import org.jspecify.annotations.NullMarked;
