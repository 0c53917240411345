package io.sluice.gateway.hive;

import java.time.Duration;

/**
 * What a client may hold up.
 *
 * @param longestMessage bytes
 * @param login from a connection's begin to its login, or to its session where none comes before
 * @param message from a message's first byte to its last
 * @param reply until a reply is taken
 */
public record ConnectionLimits(
    int longestMessage, Duration login, Duration message, Duration reply) {}
