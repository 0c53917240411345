package io.sluice.planner.columns;

import io.sluice.model.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables of queries and writes, each with the first denied column that it uses, or its refusal. */
class ColumnUseTest {

  @ParameterizedTest(name = "{1} | {0}")
  @MethodSource("cases")
  void findsTheFirstDeniedColumn(String sql, String expected, String[] denied) {
    ColumnUseFixture query = ColumnUseFixture.sql(sql).denying(denied);
    if (expected.equals("none")) {
      query.usesNone();
    } else if (expected.contains(".")) {
      query.uses(expected);
    } else {
      query.isRefused(ErrorCode.valueOf(expected));
    }
  }

  static Stream<Arguments> cases() throws IOException {
    List<Arguments> cases = new ArrayList<>();
    for (String topic :
        List.of(
            "select", "expressions", "subqueries", "joins", "pipes", "scopes", "writes", "tpcds")) {
      String[] denied = {};
      for (String line : lines(topic + ".txt")) {
        if (line.startsWith("denying ")) {
          denied = line.substring("denying ".length()).split(", ");
        } else if (!line.isBlank() && !line.startsWith("--")) {
          int bar = line.indexOf(" | ");
          cases.add(Arguments.of(line.substring(bar + 3), line.substring(0, bar), denied));
        }
      }
    }
    return cases.stream();
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream stream = ColumnUseTest.class.getResourceAsStream(resource)) {
      return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }
}
