/** Doors, identity, statement lifecycle and the wiring. */
@NullMarked
package io.sluice.gateway;

import org.jspecify.annotations.NullMarked;
