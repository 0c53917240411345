package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Beeline, as released, as a process of its own. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BeelineTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @TempDir Path directory;

  @Test
  void queriesShowTheirLogAndTheirRows() throws Exception {
    String shown =
        run(
            "-e",
            "select r_name, r_regionkey + 1 as next from region order by 1 limit 2",
            "-e",
            "!tables");
    assertThat(shown)
        .contains("Connected to: Spark SQL (version 4.1.2)")
        .containsPattern("Statement [-0-9a-f]{36}: FINISHED")
        .containsSubsequence(
            "|  r_name  | next  |",
            "| AFRICA   | 1     |",
            "| AMERICA  | 2     |",
            "2 rows selected")
        .containsPattern("lake +\\| tpch +\\| customer ");
  }

  @Test
  void aRefusalIsOneLineAndEndsTheProgram() throws Exception {
    Process beeline = start("-e", "select c_address from customer");
    String shown = end(beeline);
    assertThat(beeline.exitValue()).isNotZero();
    assertThat(shown)
        .containsOnlyOnce(
            "user [analyst] does not have [select] privilege on [tpch/customer/c_address]")
        .contains("(state=42501,code=0)")
        .doesNotContain("\tat ");
  }

  @Test
  void aScriptOfStatementsIsRunToItsEnd() throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("script.sql"),
            "use tpch;\nselect n_name from nation\n  where n_nationkey < 2 order by 1;\n"
                + "-- the second\nselect count(*) as n from region;\n");
    assertThat(run("--outputformat=csv2", "--silent=true", "-f", script.toString()))
        .contains("n_name\nALGERIA\nARGENTINA\n")
        .contains("n\n5\n");
  }

  @Test
  void anInterruptFreesSpark() throws Exception {
    Process beeline = start("-e", "select sum(hash(id)) from range(1000000000000)");
    try {
      GATEWAY.awaitBusySpark();
      assertThat(new ProcessBuilder("kill", "-INT", "" + beeline.pid()).start().waitFor()).isZero();
      await().atMost(Duration.ofSeconds(20)).until(() -> GATEWAY.runningStatements() == 0);
      GATEWAY.awaitIdleSpark();
    } finally {
      beeline.destroy();
    }
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    Process beeline = start(arguments);
    String shown = end(beeline);
    assertThat(beeline.exitValue()).as(shown).isZero();
    return shown;
  }

  private String end(Process beeline) throws IOException, InterruptedException {
    assertThat(beeline.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return Files.readString(directory.resolve("shown"));
  }

  private Process start(String... arguments) throws IOException {
    // The driver's jar holds classes that the others hold, too, with another Thrift.
    String path =
        Path.of("target/hive-drivers/hive-jdbc-3.1.3-standalone.jar").toAbsolutePath()
            + File.pathSeparator
            + Path.of("target/beeline").toAbsolutePath()
            + "/*";
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Duser.home=" + directory,
                "-cp",
                path,
                "org.apache.hive.beeline.BeeLine",
                "-u",
                "jdbc:hive2://127.0.0.1:" + GATEWAY.thriftPort() + "/tpch",
                "-n",
                "analyst",
                "-p",
                "analyst"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("shown").toFile())
        .start();
  }
}
