package io.sluice.gateway.cli;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Takes a result batch by batch and writes it out in one format. */
interface RowSink {

  /** Starts with the columns; the root is the one that every later batch is loaded into. */
  void start(VectorSchemaRoot root) throws IOException;

  /** Writes the rows that the root holds now. */
  void batch(VectorSchemaRoot root) throws IOException;

  /** Ends a result that came whole. */
  void end() throws IOException;
}
