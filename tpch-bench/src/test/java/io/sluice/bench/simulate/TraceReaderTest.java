package io.sluice.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.simulate.Trace.TracedStatement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows are made up; only the columns are those of the published files. */
class TraceReaderTest {

  @TempDir private Path directory;

  private Path file(String... lines) throws IOException {
    return Files.writeString(directory.resolve("trace.csv"), String.join("\n", lines) + "\n");
  }

  @Test
  void snowsetsWarehouseIsReadByItsTimes() throws IOException {
    Path file =
        file(
            "queryId,warehouseId,databaseId,createdTime,endTime,durationTotal,warehouseSize",
            "1,77,5,2018-02-21 10:00:05.000000,2018-02-21 10:00:07.500000,2500,1",
            "2,\\N,5,2018-02-21 10:00:00.000000,2018-02-21 10:00:01.000000,1000,1",
            "3,88,5,2018-02-21 10:00:00.000000,2018-02-21 10:00:01.000000,1000,1",
            "4,77,6,2018-02-21 10:00:01.000000,2018-02-21 10:00:02.000000,1000,1",
            "5,77,6,2018-02-21 10:00:01.000000,\\N,1000,1");
    Trace trace = TraceReader.read(file, null);
    assertThat(trace.name()).isEqualTo("trace.csv, 77");
    assertThat(trace.statements())
        .containsExactly(new TracedStatement(0, 1000, "6"), new TracedStatement(4000, 2500, "5"));
    assertThat(TraceReader.read(file, "88").statements()).hasSize(1);
  }

  @Test
  void redsetsInstanceIsReadWithoutWhatCameFromTheCache() throws IOException {
    Path file =
        file(
            "instance_id,user_id,arrival_timestamp,execution_duration_ms,was_cached,query_type",
            "3,11,2024-03-01 00:00:10.250,1500.0,0,\"select, of a kind\"",
            "3,12,2024-03-01 00:00:00.250+00:00,200,0,insert",
            "3,12,2024-03-01 00:00:05,0,1,select",
            "4,12,2024-03-01 00:00:05,7,0,select");
    assertThat(TraceReader.read(file, "3").statements())
        .containsExactly(
            new TracedStatement(0, 200, "12"), new TracedStatement(10_000, 1500, "11"));
  }

  @Test
  void anotherFileAndADamagedLineAreNamed() throws IOException {
    assertThatThrownBy(() -> TraceReader.read(file("a,b", "1,2"), null))
        .hasMessageStartingWith("trace.csv has neither Snowset's nor Redset's columns");
    assertThatThrownBy(
            () ->
                TraceReader.read(
                    file("warehouseId,createdTime,endTime", "1,yesterday,today"), null))
        .hasMessageStartingWith("Line 2 of trace.csv");
  }
}
