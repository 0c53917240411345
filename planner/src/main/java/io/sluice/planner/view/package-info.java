/** Views: what a session or a catalog keeps of them, and what stands in their place when read. */
@NullMarked
package io.sluice.planner.view;

import org.jspecify.annotations.NullMarked;
