package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VersionTest {

  @Test
  void theServersSparkIsTheGrammars() throws IOException {
    Path list = Path.of(System.getProperty("sluice.root"), "spark-runtime", "pom.xml");
    assertThat(Version.ofSpark()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(Files.readString(list))
        .contains("<spark.version>" + Version.ofSpark() + "</spark.version>");
  }
}
