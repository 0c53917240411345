/** TPC-H data and queries, and comparisons of Sluice with Spark asked directly. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
