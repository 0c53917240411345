/** Iceberg's own commands, which Spark's grammar does not have. */
@NullMarked
package io.sluice.planner.iceberg;

import org.jspecify.annotations.NullMarked;
