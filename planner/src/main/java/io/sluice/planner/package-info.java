/** From SQL text to a statement that may run: parsed, resolved, authorised, rewritten. */
@NullMarked
package io.sluice.planner;

import org.jspecify.annotations.NullMarked;
