/** The wiring: the only place that reads the environment, makes threads and asks for the time. */
@NullMarked
package io.sluice.gateway.main;

import org.jspecify.annotations.NullMarked;
