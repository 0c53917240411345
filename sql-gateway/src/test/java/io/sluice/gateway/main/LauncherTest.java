package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root of the repository, with all around it replaced. */
class LauncherTest {

  private FakeCheckout checkout;

  @BeforeEach
  void setUp(@TempDir Path directory) throws Exception {
    checkout = new FakeCheckout(directory);
  }

  @Test
  void tellsItsVersionWithoutJavaAndThroughALink() throws Exception {
    Path link = checkout.tools().resolve("link");
    Files.createSymbolicLink(link, checkout.root().resolve("sluice"));
    FakeCheckout.Result result = checkout.run(link, Map.of(), "--version");
    assertThat(result.output()).isEqualTo("sluice 9.8.7\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void namesTheNearestCommand() throws Exception {
    FakeCheckout.Result result = checkout.run(Map.of(), "dmeo");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.messages()).contains("There is no command dmeo. Did you mean demo?");
    assertThat(checkout.run(Map.of()).status()).isEqualTo(2);
    assertThat(checkout.run(Map.of(), "help").output())
        .contains("--grpc-port", "--password-file", "--format", "serve --config", "--pairs");
  }

  @Test
  void saysWhatJavaItNeeds() throws Exception {
    FakeCheckout.Result none = checkout.run(Map.of(), "sql", "select 1");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.messages()).contains("Java 17 or newer is needed: no java on the PATH");

    Map<String, String> old = Map.of("JAVA_HOME", checkout.java("11.0.2", true).toString());
    assertThat(checkout.run(old, "sql", "select 1").messages()).contains("found Java 11 in");
    Map<String, String> older = Map.of("JAVA_HOME", checkout.java("1.8.0_401", true).toString());
    assertThat(checkout.run(older, "sql", "select 1").messages()).contains("found Java 8 in");

    Map<String, String> run = Map.of("JAVA_HOME", checkout.java("17.0.1", false).toString());
    assertThat(checkout.run(run, "sql", "select 1").messages())
        .contains("a Java run time without a compiler");
    Map<String, String> full = Map.of("JAVA_HOME", checkout.java("17.0.1", true).toString());
    assertThat(checkout.run(full, "sql", "select 1").messages())
        .contains("Maven is not there: no mvn.");
  }

  @Test
  void fallsBackFromAnOldJavaHomeToTheJavaOnThePath() throws Exception {
    checkout.maven("true");
    Path good = checkout.java("21", true);
    Files.createSymbolicLink(checkout.tools().resolve("java"), good.resolve("bin/java"));
    Map<String, String> environment = Map.of("JAVA_HOME", checkout.java("11", true).toString());
    assertThat(checkout.run(environment, "sql", "select 1").status()).isEqualTo(7);
  }

  @Test
  void buildsWhatIsMissingOrStaleAndOnlyThat() throws Exception {
    checkout.maven("true");
    assertThat(java("sql", "x").messages()).contains("building Sluice").contains("built in");
    assertThat(checkout.mavenRuns()).singleElement().asString().contains("-o").contains("-Pquick");
    assertThat(java("sql", "x").messages()).isEmpty();
    assertThat(checkout.mavenRuns()).hasSize(1);

    FileTime built = Files.getLastModifiedTime(checkout.root().resolve("target/built"));
    Files.setLastModifiedTime(
        checkout.source(), FileTime.from(built.toInstant().plus(Duration.ofSeconds(1))));
    java("sql", "x");
    assertThat(checkout.mavenRuns()).as("a source is newer").hasSize(2);
    Files.setLastModifiedTime(checkout.source(), FileTime.fromMillis(0));

    Files.delete(checkout.library());
    java("sql", "x");
    assertThat(checkout.mavenRuns()).as("a library is gone").hasSize(3);
  }

  @Test
  void downloadsOnlyWhenALibraryIsMissing() throws Exception {
    checkout.maven(
        "case \" $* \" in *' -o '*) echo 'Cannot access x in offline mode'; exit 1;; esac");
    assertThat(java("sql", "x").status()).isEqualTo(7);
    assertThat(checkout.mavenRuns()).hasSize(2);
    assertThat(checkout.mavenRuns().get(1)).doesNotContain("-o");
  }

  @Test
  void showsTheErrorsOfABuildThatFails() throws Exception {
    checkout.maven("echo '[INFO] fine'; echo '[ERROR] Some.java: it is wrong'; exit 1");
    FakeCheckout.Result result = java("sql", "x");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("the build failed").contains("it is wrong");
    assertThat(checkout.mavenRuns()).hasSize(1);
    assertThat(checkout.root().resolve("target/build.lock")).doesNotExist();
  }

  @Test
  void aLockLeftByAProcessThatIsGoneDoesNotStopIt() throws Exception {
    checkout.maven("true");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    Files.createDirectories(checkout.root().resolve("target"));
    Files.createSymbolicLink(
        checkout.root().resolve("target/build.lock"), Path.of(Long.toString(gone.pid())));
    assertThat(java("sql", "x").status()).isEqualTo(7);
  }

  @Test
  void becomesJavaWithTheArgumentsAsTheyWere() throws Exception {
    checkout.maven("true");
    FakeCheckout.Result result = java("sql", "--user", "a b", "select  '\"*' ");
    assertThat(result.status()).as("Java's own exit status").isEqualTo(7);
    assertThat(result.output().lines())
        .contains(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-Dsluice.root=" + checkout.root().toRealPath(),
            "io.sluice.gateway.main.Main",
            "a b",
            "select  '\"*' ");
    assertThat(checkout.root().resolve("target/sql-gateway.args"))
        .content()
        .isEqualTo(
            "-cp \"%s/sql-gateway/target/sluice-sql-gateway-9.8.7.jar:%s\"\n"
                .formatted(checkout.root().toRealPath(), checkout.library()));
    Object written =
        Files.getAttribute(checkout.root().resolve("target/sql-gateway.args"), "unix:ino");
    assertThat(java("demo", "--scale", "0.01").output().lines())
        .contains("-Xmx512m", "demo", "0.01");
    assertThat(java("serve", "--config", "a file").output().lines())
        .contains("-Xmx1g", "serve", "a file");
    assertThat(java("password", "--user", "ann").output().lines()).contains("password", "ann");
    assertThat(java("bench", "fetch").output().lines()).contains("io.sluice.bench.main.Main");
    assertThat(Files.getAttribute(checkout.root().resolve("target/sql-gateway.args"), "unix:ino"))
        .as("a file that is right is left alone, as where it lies may be read-only")
        .isEqualTo(written);
  }

  @Test
  void refusesADemoThatTheDiskCannotHold() throws Exception {
    FakeCheckout.Result result = java("demo", "--scale=99999999");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.messages()).contains("Not enough disk space").contains("99999999");
    assertThat(checkout.mavenRuns()).isEmpty();
  }

  private FakeCheckout.Result java(String... arguments) throws Exception {
    return checkout.run(Map.of("JAVA_HOME", checkout.java("17.0.15", true).toString()), arguments);
  }
}
