package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ErrorDocumentationTest {

  @Test
  void thePageListsEveryCodeInOrderAndTruly() throws IOException {
    Path page = Path.of(System.getProperty("sluice.root"), "docs", "errors.md");
    List<String> documented =
        Files.readAllLines(page).stream()
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.substring(0, line.indexOf("|", ordinal(line, 4)) + 1))
            .toList();
    List<String> real =
        Arrays.stream(ErrorCode.values())
            .map(
                code ->
                    "| `%s` | %s | %s | %s |"
                        .formatted(
                            code,
                            code.sqlState(),
                            code.fault().name().toLowerCase(Locale.ROOT),
                            code.isRetryable() ? "yes" : "no"))
            .toList();
    assertThat(documented).isEqualTo(real);
  }

  /** Returns the index just behind the n-th column's opening bar. */
  private static int ordinal(String line, int column) {
    int index = -1;
    for (int i = 0; i < column; i++) {
      index = line.indexOf('|', index + 1);
    }
    return index + 1;
  }
}
