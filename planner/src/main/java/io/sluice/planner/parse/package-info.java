/** Spark's own grammar: text to tree, within limits of size, depth and time. */
@NullMarked
package io.sluice.planner.parse;

import org.jspecify.annotations.NullMarked;
