package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A demonstration that cannot start says why, and what to do, and leaves nothing behind. */
class DemoStartTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  private Checkout checkout;

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = Checkout.in(Files.createDirectory(directory.resolve("checkout")));
  }

  @Test
  void aPortThatIsTakenIsNamedWithItsFlag() throws Exception {
    Checkout.Ended ended =
        checkout.run("demo", "--data=" + data(), "--grpc-port=" + GATEWAY.grpcPort());
    assertFailed(
        ended,
        "sluice: Port " + GATEWAY.grpcPort() + " cannot be used: ",
        "Stop what listens there, or choose another with --grpc-port (0 takes any free port).");
    assertThat(data()).doesNotExist();
    ended =
        checkout.run(
            "demo", "--data=" + data(), "--grpc-port=0", "--http-port=" + GATEWAY.httpPort());
    assertFailed(ended, "sluice: Port " + GATEWAY.httpPort(), "choose another with --http-port");
    ended =
        checkout.run(
            "demo",
            "--data=" + data(),
            "--grpc-port=0",
            "--http-port=0",
            "--thrift-port=" + GATEWAY.thriftPort());
    assertFailed(
        ended, "sluice: Port " + GATEWAY.thriftPort(), "choose another with --thrift-port");
  }

  @Test
  void dataOfAnotherScaleIsNotMixed() throws Exception {
    Files.createDirectory(data());
    Files.writeString(data().resolve("scale"), "0.01\n");
    assertFailed(
        demo("--data=" + data(), "--scale=1"),
        "sluice: The data directory "
            + data()
            + " holds TPC-H at scale 0.01, but scale 1 was"
            + " asked for.",
        "Use --scale 0.01, or another directory with --data DIR.");
  }

  @Test
  void oneGatewayHoldsADataDirectory() throws Exception {
    Path held = GATEWAY.demo().policies().getParent();
    assertFailed(
        demo("--data=" + held, "--scale=0.01"),
        "sluice: The data directory " + held + " is in use by another Sluice.",
        "Stop that one, or choose another with --data DIR.");
  }

  @Test
  void aFileIsNoDataDirectory() throws Exception {
    Files.createFile(data());
    assertFailed(demo("--data=" + data()), "sluice: " + data() + " is a file, not a directory.");
  }

  @Test
  void flagsThatCannotBeMeantAreRefused() throws Exception {
    assertFailed(demo("--scale=0"), "sluice: --scale is a number above 0, for example 0.1.");
    Checkout.Ended ended = demo("--scale=big");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.messages()).contains("--scale").doesNotContain("\tat ");
  }

  @Test
  void aSparkThatDoesNotStartIsToldWithTheEndOfItsLog() throws Exception {
    checkout.withoutSparkJars(jar -> jar.contains("spark-connect_"));
    assertFailed(
        demo("--data=" + data(), "--scale=0.001"),
        "while it started. The end of its log:",
        "SparkConnectServer");
    assertThat(data().resolve("run.json")).doesNotExist();
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().commandLine().orElse("").contains(data().toString()));
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Checkout.Ended demo(String... options) throws Exception {
    String[] arguments = new String[options.length + 4];
    arguments[0] = "demo";
    arguments[1] = "--grpc-port=0";
    arguments[2] = "--http-port=0";
    arguments[3] = "--thrift-port=0";
    System.arraycopy(options, 0, arguments, 4, options.length);
    return checkout.run(arguments);
  }

  private static void assertFailed(Checkout.Ended ended, String... texts) {
    assertThat(ended.messages()).contains(texts).doesNotContain("\tat io.sluice");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.output()).doesNotContain("Sluice is ready");
  }
}
