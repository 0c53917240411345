/** Which kinds of statements there are, and what becomes of each. */
@NullMarked
package io.sluice.planner.statement;

import org.jspecify.annotations.NullMarked;
