package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.spark.ResultMessage.SchemaMessage;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/** How the chunks of a result are written. */
enum ResultFormat {
  /** A JSON array of rows, each an array of strings and nulls. */
  JSON_ARRAY("application/json; charset=utf-8"),
  /** An Arrow IPC stream of the batches as Spark encoded them. */
  ARROW_STREAM("application/vnd.apache.arrow.stream"),
  /** Comma-separated values as in RFC 4180, the names of the columns in the first chunk alone. */
  CSV("text/csv; charset=utf-8");

  private final String mediaType;

  ResultFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /** Returns what writes one result. */
  ChunkEncoder encoder(SchemaMessage header, BufferAllocator allocator, ChunkEncoder.Sink sink) {
    Schema schema = ArrowEncoder.read(header);
    return switch (this) {
      case JSON_ARRAY -> new TextEncoder(schema, allocator, new JsonRows(), sink);
      case CSV -> new TextEncoder(schema, allocator, new CsvRows(), sink);
      case ARROW_STREAM -> new ArrowStreamEncoder(header, allocator, sink);
    };
  }
}
