/** SHOW, DESCRIBE, USE, SET and RESET: answered here, without a cluster. */
@NullMarked
package io.sluice.planner.show;

import org.jspecify.annotations.NullMarked;
