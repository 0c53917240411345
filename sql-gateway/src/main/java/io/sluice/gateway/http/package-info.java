/** The HTTP door: whether the gateway is alive and ready. */
@NullMarked
package io.sluice.gateway.http;

import org.jspecify.annotations.NullMarked;
