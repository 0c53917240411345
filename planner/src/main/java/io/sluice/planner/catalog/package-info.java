/** The tables that exist: the catalog port and its Iceberg implementation. */
@NullMarked
package io.sluice.planner.catalog;

import org.jspecify.annotations.NullMarked;
