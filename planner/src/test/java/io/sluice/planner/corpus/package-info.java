/** The planner compared with Spark's own parser, over the statements of Spark's own tests. */
@NullMarked
package io.sluice.planner.corpus;

import org.jspecify.annotations.NullMarked;
