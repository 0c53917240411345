package io.sluice.gateway.hive;

import java.time.Duration;

/**
 * How long a client over HTTP may ask nothing of an operation that is not ready.
 *
 * @param first from when it was told of the operation until it asks for its state
 * @param next from when it was told the state until it asks again
 */
record Patience(Duration first, Duration next) {}
