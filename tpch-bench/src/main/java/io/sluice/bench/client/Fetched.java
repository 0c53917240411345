package io.sluice.bench.client;

/**
 * What a fetch brought, without the rows.
 *
 * @param rows number of rows
 * @param batches number of record batches, 0 where the client shows none
 * @param bytes Arrow bytes; 0 where the client does not show them
 */
public record Fetched(long rows, long batches, long bytes) {}
