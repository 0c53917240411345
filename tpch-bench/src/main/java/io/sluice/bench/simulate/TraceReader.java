package io.sluice.bench.simulate;

import io.sluice.bench.simulate.Trace.TracedStatement;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads published traces that somebody has downloaded, as CSV with a heading.
 *
 * <p>Snowset (NSDI 2020): {@code warehouseId}, {@code createdTime} and {@code endTime} are read; a
 * statement takes the time between the two, since the units of the durations are mixed. Redset
 * (VLDB 2024), exported from Parquet: {@code instance_id}, {@code user_id}, {@code
 * arrival_timestamp}, {@code execution_duration_ms} and {@code was_cached} are read; what came from
 * the cache is left out. A missing value is empty or {@code \N}.
 */
public final class TraceReader {

  private TraceReader() {}

  /**
   * Reads the statements of one warehouse or instance.
   *
   * @param cluster whose; null for that of the first row
   * @throws IOException with one sentence for the user when it is no such file
   */
  public static Trace read(Path file, @Nullable String cluster) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String heading = reader.readLine();
      Schema schema = heading == null ? null : schema(split(heading));
      if (schema == null) {
        throw new IOException(
            file.getFileName()
                + " has neither Snowset's nor Redset's columns in its first line (warehouseId,"
                + " createdTime, endTime; or instance_id, arrival_timestamp,"
                + " execution_duration_ms).");
      }
      return read(file, reader, schema, cluster);
    }
  }

  private static Trace read(
      Path file, BufferedReader reader, Schema schema, @Nullable String wanted) throws IOException {
    String cluster = wanted;
    List<Row> rows = new ArrayList<>();
    int number = 1;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      List<String> cells = split(line);
      String of = schema.cell(cells, schema.cluster);
      if (of.isEmpty() || (cluster != null && !cluster.equals(of))) {
        continue;
      }
      cluster = of;
      try {
        schema.row(cells, rows);
      } catch (DateTimeParseException | NumberFormatException e) {
        throw new IOException(
            "Line " + number + " of " + file.getFileName() + ": " + e.getMessage());
      }
    }
    long first = rows.stream().mapToLong(Row::at).min().orElse(0);
    return new Trace(
        file.getFileName() + (cluster == null ? "" : ", " + cluster),
        rows.stream()
            .map(row -> new TracedStatement(row.at() - first, row.duration(), row.user()))
            .toList());
  }

  private static @Nullable Schema schema(List<String> columns) {
    Map<String, Integer> places = new HashMap<>();
    for (int index = 0; index < columns.size(); index++) {
      places.put(columns.get(index), index);
    }
    if (places.keySet().containsAll(List.of("warehouseId", "createdTime", "endTime"))) {
      return new Schema(places, "warehouseId");
    }
    if (places
        .keySet()
        .containsAll(List.of("instance_id", "arrival_timestamp", "execution_duration_ms"))) {
      return new Schema(places, "instance_id");
    }
    return null;
  }

  /** Splits a line; none of the columns that are read holds a comma, but others may, in quotes. */
  private static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int index = 0; index < line.length(); index++) {
      char character = line.charAt(index);
      if (character == '"') {
        quoted = !quoted;
      } else if (character == ',' && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(character);
      }
    }
    cells.add(cell.toString().strip());
    return cells;
  }

  private static long millis(String text) {
    String iso = text.replace(' ', 'T');
    boolean offset = iso.endsWith("Z") || iso.lastIndexOf('+') > 10 || iso.lastIndexOf('-') > 10;
    return offset
        ? OffsetDateTime.parse(iso).toInstant().toEpochMilli()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private record Row(long at, long duration, String user) {}

  private record Schema(Map<String, Integer> places, String cluster) {

    String cell(List<String> cells, String column) {
      Integer place = places.get(column);
      if (place == null || place >= cells.size() || cells.get(place).equals("\\N")) {
        return "";
      }
      return cells.get(place);
    }

    void row(List<String> cells, List<Row> rows) {
      if (cluster.equals("warehouseId")) {
        String created = cell(cells, "createdTime");
        String ended = cell(cells, "endTime");
        if (!created.isEmpty() && !ended.isEmpty()) {
          long at = millis(created);
          rows.add(new Row(at, Math.max(0, millis(ended) - at), cell(cells, "databaseId")));
        }
        return;
      }
      String duration = cell(cells, "execution_duration_ms");
      String cached = cell(cells, "was_cached");
      if (!duration.isEmpty() && !(cached.equals("1") || cached.equalsIgnoreCase("true"))) {
        rows.add(
            new Row(
                millis(cell(cells, "arrival_timestamp")),
                Math.max(0, (long) Double.parseDouble(duration)),
                cell(cells, "user_id")));
      }
    }
  }
}
