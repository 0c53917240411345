/** Arrow IPC messages: encoding the gateway's own answers in the form of Spark's results. */
@NullMarked
package io.sluice.gateway.arrow;

import org.jspecify.annotations.NullMarked;
