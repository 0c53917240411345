package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that the pages of Java's clients show run as they stand there. */
class ClientPagesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @Test
  void theProgramForAdbcRuns(@TempDir Path directory) throws Exception {
    String page =
        Files.readString(
            Path.of(System.getProperty("sluice.root"), "docs", "clients", "adbc-java.md"));
    Matcher program = Pattern.compile("(?ms)^```java\n(.*?)^```$").matcher(page);
    assertThat(program.find()).isTrue();
    Path source = directory.resolve("Nations.java");
    Files.writeString(source, program.group(1).replace(":32010", ":" + GATEWAY.grpcPort()));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                source.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.readString(output)).contains("n_name\tn_regionkey\nALGERIA\t0\n");
    assertThat(process.exitValue()).isZero();
  }
}
