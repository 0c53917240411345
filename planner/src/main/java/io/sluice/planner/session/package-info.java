/** What a session keeps by name between its statements. */
@NullMarked
package io.sluice.planner.session;

import org.jspecify.annotations.NullMarked;
