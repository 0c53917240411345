package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code docs/types.md} says of JDBC drivers in a JVM whose zone is not the gateway's. */
class ZonedJdbcTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @ParameterizedTest
  @CsvSource({
    "'### As it is', ''",
    "'### With `timeZone=UTC`', '&timeZone=UTC'",
  })
  void momentsAreReadAndBoundAsThePageSays(String section, String option, @TempDir Path folder)
      throws Exception {
    String page = Files.readString(Path.of(System.getProperty("sluice.root"), "docs/types.md"));
    List<String> told =
        page.substring(page.indexOf(section)).lines().skip(1).takeWhile(line -> !line.startsWith("#")).filter(row()).toList();
    assertThat(
            JavaProgram.run(
                    folder,
                    List.of("-Duser.timezone=America/New_York"),
                    ZonedJdbcClient.class.getName(),
                    GATEWAY.url("admin", "admin") + option)
                .lines()
                .filter(row()))
        .containsExactlyElementsOf(told);
  }

  private static Predicate<String> row() {
    return line -> line.startsWith("| `");
  }
}
