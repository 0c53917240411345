package io.sluice.gateway.flight;

import java.time.Duration;

/**
 * How many connections the Flight SQL door takes, and from whom.
 *
 * @param most of all clients together
 * @param mostNewcomers of one address, of IPv6 the first 64 bits, on which nobody has logged in
 * @param login from a connection's begin to its first call of somebody who has logged in
 */
public record ConnectionLimits(int most, int mostNewcomers, Duration login) {}
