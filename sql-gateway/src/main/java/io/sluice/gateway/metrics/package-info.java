/** What the gateway counts and measures, in Prometheus' formats. */
@NullMarked
package io.sluice.gateway.metrics;

import org.jspecify.annotations.NullMarked;
