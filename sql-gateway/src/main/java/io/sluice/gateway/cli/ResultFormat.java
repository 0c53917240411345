package io.sluice.gateway.cli;

import java.io.OutputStream;

/** The formats, by the names that the command line takes. */
enum ResultFormat {
  table,
  csv,
  json,
  arrow;

  /**
   * Returns a sink that writes to an output.
   *
   * @param terminalWidth columns of the terminal, 0 when the output is none
   */
  RowSink sink(OutputStream output, int terminalWidth) {
    return switch (this) {
      case table -> new TableSink(output, terminalWidth);
      case csv -> new CsvSink(output);
      case json -> new JsonSink(output);
      case arrow -> new ArrowSink(output);
    };
  }
}
