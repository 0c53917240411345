/** Which columns a query uses. */
@NullMarked
package io.sluice.planner.columns;

import org.jspecify.annotations.NullMarked;
