/**
 * Which columns of which table occurrence a query uses: Spark's parse tree becomes Calcite's nodes,
 * and Calcite's validator, with Spark's rules for names, resolves them.
 */
@NullMarked
package io.sluice.planner.columns;

import org.jspecify.annotations.NullMarked;
