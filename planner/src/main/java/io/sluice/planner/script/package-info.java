/** Statements that Spark runs part by part: scripts, and assignments of variables. */
@NullMarked
package io.sluice.planner.script;

import org.jspecify.annotations.NullMarked;
