/**
 * Where and when a statement runs; pure functions and data structures, no clock, socket or thread.
 */
@NullMarked
package io.sluice.router;

import org.jspecify.annotations.NullMarked;
