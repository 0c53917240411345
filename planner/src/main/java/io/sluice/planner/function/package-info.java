/** The functions that a statement may call. */
@NullMarked
package io.sluice.planner.function;

import org.jspecify.annotations.NullMarked;
