/**
 * The TPC-H writer. It runs as a process of its own on the Spark runtime's class path, which brings
 * Iceberg, Parquet and Hadoop; nothing else of Sluice calls into it.
 */
@NullMarked
package io.sluice.bench.data;

import org.jspecify.annotations.NullMarked;
