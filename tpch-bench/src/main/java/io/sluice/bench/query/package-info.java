/** The 22 queries of TPC-H and what their results must have in common. */
@NullMarked
package io.sluice.bench.query;

import org.jspecify.annotations.NullMarked;
