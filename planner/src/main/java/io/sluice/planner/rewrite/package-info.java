/** The text for Spark: relations qualified, filters and masks in place. */
@NullMarked
package io.sluice.planner.rewrite;

import org.jspecify.annotations.NullMarked;
