/** Iceberg's procedures: which are served, and what a CALL of one may say. */
@NullMarked
package io.sluice.planner.procedure;

import org.jspecify.annotations.NullMarked;
