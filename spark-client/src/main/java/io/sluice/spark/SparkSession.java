package io.sluice.spark;

import java.util.UUID;

/**
 * A session inside a Spark Connect server; Spark makes it at first use.
 *
 * @param id chosen by the gateway
 * @param user the principal that it belongs to, which no other may use
 */
public record SparkSession(UUID id, String user) {}
