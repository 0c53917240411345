package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/types.md} says of the JDBC drivers in a JVM whose zone is not the gateway's. */
class ZonedJdbcTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=admin&password=admin",
        "jdbc:sluice://127.0.0.1:%d/?user=admin&password=admin"
      })
  void momentsAreReadAndBoundAsThePageSays(String url, @TempDir Path folder) throws Exception {
    String page = Files.readString(Path.of(System.getProperty("sluice.root"), "docs/types.md"));
    List<String> told = rows(page.substring(page.indexOf("## Zones"))).toList();
    assertThat(told).hasSizeGreaterThan(10);
    String printed =
        JavaProgram.run(
            folder,
            List.of("-Duser.timezone=America/New_York"),
            ZonedJdbcClient.class.getName(),
            url.formatted(GATEWAY.grpcPort()));
    assertThat(rows(printed)).containsExactlyElementsOf(told);
  }

  private static Stream<String> rows(String text) {
    return text.lines().filter(line -> line.startsWith("| `"));
  }
}
