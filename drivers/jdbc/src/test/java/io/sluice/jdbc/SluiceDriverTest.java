package io.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SluiceDriverTest {

  @Test
  void theDriverManagerFindsIt() throws SQLException {
    assertThat(DriverManager.getDriver("jdbc:sluice://localhost")).isInstanceOf(SluiceDriver.class);
  }

  @Test
  void otherDriversUrlsAreNotItsOwn() throws SQLException {
    SluiceDriver driver = new SluiceDriver();
    assertThat(driver.acceptsURL(null)).isFalse();
    assertThat(driver.acceptsURL("jdbc:arrow-flight-sql://localhost:1")).isFalse();
    assertThat(driver.connect("jdbc:arrow-flight-sql://localhost:1", null)).isNull();
  }

  @Test
  void nobodyAnswers() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(
            () -> DriverManager.getConnection("jdbc:sluice://127.0.0.1:" + port, "u", "p"))
        .isInstanceOf(SQLException.class);
    assertThat(check("jdbc:sluice://127.0.0.1:" + port + "/?user=u&password=secret"))
        .startsWith("1 ")
        .doesNotContain("secret");
  }

  @Test
  void theCheckSaysHowItIsCalled() {
    assertThat(check()).startsWith("2 usage: java -jar sluice-jdbc.jar");
  }

  private static String check(String... arguments) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int status = ConnectionCheck.run(arguments, stream, stream);
    return status + " " + printed.toString(StandardCharsets.UTF_8);
  }

  /** What a program sees that was started without the option. */
  @Test
  void aJvmThatDoesNotOpenTheBuffersIsToldTheOption() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ConnectionCheck.class.getName(),
                    "jdbc:sluice://127.0.0.1:1/?user=u&password=p"))
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(printed.strip())
        .isEqualTo(
            "The Sluice driver needs the JVM option --add-opens=java.base/java.nio=ALL-UNNAMED;"
                + " add it to the command that starts this program, or to JDK_JAVA_OPTIONS");
  }
}
