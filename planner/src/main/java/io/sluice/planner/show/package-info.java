/** SHOW, DESCRIBE, USE, SET and RESET. */
@NullMarked
package io.sluice.planner.show;

import org.jspecify.annotations.NullMarked;
