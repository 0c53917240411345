/** Analyses that are repeated as long as all that they were made from is the same. */
@NullMarked
package io.sluice.planner.cache;

import org.jspecify.annotations.NullMarked;
