/** The wiring: the only place with threads, clocks and the environment. */
@NullMarked
package io.sluice.gateway.main;

import org.jspecify.annotations.NullMarked;
