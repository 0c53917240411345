/** Every relation that a query names, and what it stands for. */
@NullMarked
package io.sluice.planner.relation;

import org.jspecify.annotations.NullMarked;
