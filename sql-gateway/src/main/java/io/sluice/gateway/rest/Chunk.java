package io.sluice.gateway.rest;

import io.sluice.gateway.rest.spool.SpoolFile;

/**
 * A part of a result that is fetched as one.
 *
 * @param index from 0
 * @param firstRow the number of its first row in the result, from 0
 * @param rows how many it has
 * @param part where its bytes lie
 */
record Chunk(int index, long firstRow, long rows, SpoolFile.Part part) {}
