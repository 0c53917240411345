package io.sluice.gateway.rest;

import io.sluice.gateway.rest.spool.SpoolFile;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A whole result in the spool.
 *
 * @param schema without fields for a statement without rows
 * @param chunks none for a statement without rows, else at least one
 * @param truncated whether a limit of the request left rows out
 * @param text the statement's own text; empty for a statement without rows
 */
record StoredResult(
    Schema schema, List<Chunk> chunks, boolean truncated, Optional<SpoolFile.Part> text) {

  StoredResult {
    chunks = List.copyOf(chunks);
  }

  long rows() {
    return chunks.stream().mapToLong(Chunk::rows).sum();
  }

  long bytes() {
    return chunks.stream().mapToLong(chunk -> chunk.part().bytes()).sum();
  }
}
