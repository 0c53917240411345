/** What a principal may know about catalogs, schemas, tables and columns. */
@NullMarked
package io.sluice.planner.metadata;

import org.jspecify.annotations.NullMarked;
