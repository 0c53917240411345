/**
 * Times the planner in this process: the 22 queries under policies on every table. The only part of
 * the benchmarks that knows the planner, since no client can tell its share of a statement.
 */
@NullMarked
package io.sluice.bench.analysis;

import org.jspecify.annotations.NullMarked;
