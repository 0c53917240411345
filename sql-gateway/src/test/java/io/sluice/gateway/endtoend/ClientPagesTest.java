package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs that the pages of Java's clients show run as they stand there. */
class ClientPagesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @ParameterizedTest
  @CsvSource(
      textBlock =
"""
          adbc-java.md, 'n_name	n_regionkey
ALGERIA	0
'
          jdbc.md, 'FRANCE
'
          """)
  void theProgramRuns(String page, String expected, @TempDir Path folder) throws Exception {
    String text =
        Files.readString(Path.of(System.getProperty("sluice.root"), "docs", "clients", page));
    Matcher program = Pattern.compile("(?ms)^```java\\n(.*?)^```$").matcher(text);
    assertThat(program.find()).isTrue();
    Path source = folder.resolve("Nations.java");
    Files.writeString(source, program.group(1).replace(":32010", ":" + GATEWAY.grpcPort()));
    assertThat(JavaProgram.run(folder, List.of(), source.toString())).contains(expected);
    assertThat(program.find()).as("a second program that nobody runs").isFalse();
  }
}
