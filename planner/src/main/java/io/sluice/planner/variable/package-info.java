/** Variables of a session: what they hold, and what the holding of it rests on. */
@NullMarked
package io.sluice.planner.variable;

import org.jspecify.annotations.NullMarked;
