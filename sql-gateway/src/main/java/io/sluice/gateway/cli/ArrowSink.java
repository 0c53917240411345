package io.sluice.gateway.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.jspecify.annotations.Nullable;

/** One Arrow IPC stream. */
final class ArrowSink implements RowSink {

  private final OutputStream output;
  private @Nullable ArrowStreamWriter writer;

  ArrowSink(OutputStream output) {
    this.output = output;
  }

  @Override
  public void start(VectorSchemaRoot root) throws IOException {
    writer =
        new ArrowStreamWriter(
            root, new DictionaryProvider.MapDictionaryProvider(), Channels.newChannel(output));
    writer.start();
  }

  @Override
  public void batch(VectorSchemaRoot root) throws IOException {
    if (writer != null) {
      writer.writeBatch();
    }
  }

  @Override
  public void end() throws IOException {
    if (writer != null) {
      writer.end();
    }
    output.flush();
  }
}
