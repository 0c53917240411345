package io.sluice.planner.columns;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The 22 queries of TPC-H with the parameters of its validation run. */
class TpchTest {

  @ParameterizedTest
  @MethodSource("numbers")
  void onlyTheTenthUsesTheCustomersAddress(int number) {
    ColumnUseFixture query = ColumnUseFixture.sql(query(number)).denying("customer.c_address");
    if (number == 10) {
      query.uses("customer.c_address");
    } else {
      query.usesNone();
    }
  }

  static IntStream numbers() {
    return IntStream.rangeClosed(1, 22);
  }

  static String query(int number) {
    return read("tpch.sql").get(number - 1);
  }

  /** Reads statements that end with a semicolon at a line's end. */
  static List<String> read(String resource) {
    try (InputStream stream = TpchTest.class.getResourceAsStream(resource)) {
      String text =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split(";\n")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
