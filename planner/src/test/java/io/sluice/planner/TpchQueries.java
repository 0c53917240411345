package io.sluice.planner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The 22 queries of TPC-H with the parameters of its validation run. */
public final class TpchQueries {

  private TpchQueries() {}

  public static List<String> all() {
    return statements(TpchQueries.class, "tpch.sql");
  }

  /** Reads a resource of statements that end with a semicolon at a line's end. */
  public static List<String> statements(Class<?> place, String resource) {
    try (InputStream stream = place.getResourceAsStream(resource)) {
      String text =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split(";\n")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
