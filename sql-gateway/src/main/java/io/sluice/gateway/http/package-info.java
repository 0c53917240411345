/** The HTTP door: who sends a request, and whether the gateway is alive and ready. */
@NullMarked
package io.sluice.gateway.http;

import org.jspecify.annotations.NullMarked;
