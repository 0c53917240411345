package io.sluice.bench.data;

import io.trino.tpch.TpchEntity;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.io.RollingDataWriter;

/** Writes one part of one table into data files, holding no more than the open row groups. */
final class PartWriter<E extends TpchEntity> implements Closeable {

  /** Stands in every file name, so that leftovers of a broken load can be told from other files. */
  static final String FILE_MARK = "tpch-load-";

  /** Counting every row would make the threads meet at the counter. */
  private static final int ROWS_PER_COUNT = 10_000;

  private final Table table;
  private final TableLayout<E> layout;
  private final LongAdder written;
  private final GenericFileWriterFactory formats;
  private final OutputFileFactory files;
  private final Map<StructLike, RollingDataWriter<Record>> writers = new HashMap<>();

  PartWriter(
      Table table,
      TableLayout<E> layout,
      int part,
      String loadId,
      long rowGroupBytes,
      LongAdder written) {
    this.table = table;
    this.layout = layout;
    this.written = written;
    this.formats =
        new GenericFileWriterFactory.Builder(table)
            .dataFileFormat(FileFormat.PARQUET)
            .dataSchema(table.schema())
            .writerProperties(
                Map.of("write.parquet.row-group-size-bytes", Long.toString(rowGroupBytes)))
            .build();
    this.files =
        OutputFileFactory.builderFor(table, part, 0)
            .format(FileFormat.PARQUET)
            .operationId(FILE_MARK + loadId)
            .build();
  }

  /** Writes the rows and returns the finished files. */
  List<DataFile> write(Iterable<E> rows) throws IOException {
    PartitionSpec spec = table.spec();
    PartitionKey key = new PartitionKey(spec, table.schema());
    InternalRecordWrapper wrapper = new InternalRecordWrapper(table.schema().asStruct());
    GenericRecord record = GenericRecord.create(table.schema());
    int uncounted = 0;
    for (E row : rows) {
      for (int index = 0; index < layout.columns(); index++) {
        record.set(index, layout.value(row, index));
      }
      key.partition(wrapper.wrap(record));
      writer(spec, key).write(record);
      if (++uncounted == ROWS_PER_COUNT) {
        written.add(uncounted);
        uncounted = 0;
      }
    }
    written.add(uncounted);
    List<DataFile> done = new ArrayList<>();
    for (RollingDataWriter<Record> writer : writers.values()) {
      writer.close();
      done.addAll(writer.result().dataFiles());
    }
    return done;
  }

  private RollingDataWriter<Record> writer(PartitionSpec spec, PartitionKey key) {
    RollingDataWriter<Record> open = writers.get(key);
    if (open == null) {
      // The key is changed for every row; the map and the file need one of their own.
      PartitionKey own = key.copy();
      open = new RollingDataWriter<>(formats, files, table.io(), TableLayout.FILE_BYTES, spec, own);
      writers.put(own, open);
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    for (RollingDataWriter<Record> writer : writers.values()) {
      writer.close();
    }
  }
}
