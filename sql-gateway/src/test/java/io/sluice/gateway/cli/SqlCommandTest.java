package io.sluice.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as a user runs it, against a server in this process. */
class SqlCommandTest {

  private static final Schema NATIONS =
      new Schema(
          List.of(
              Field.nullable("n_nationkey", new ArrowType.Int(64, true)),
              Field.nullable("n_name", new ArrowType.Utf8())));

  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream messages = new ByteArrayOutputStream();
  private FakeFlightSqlServer server;
  private SqlCommand command;

  @BeforeEach
  void start() throws Exception {
    server = new FakeFlightSqlServer();
    server.answer("select nations", NATIONS, SqlCommandTest::nations);
    server.answer("select nothing", NATIONS, (root, batch) -> 0);
    server.answer("use lake", new Schema(List.of()), (root, batch) -> 0);
    server.answer("select forever", NATIONS, (root, batch) -> nations(root, 0));
    command = commandWith(output, "", null);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void printsATableWithTheCountAndTheTimeBelow() {
    assertThat(run("--user", "analyst", "select nations")).isZero();
    assertThat(output.toString(UTF_8))
        .isEqualTo(
            """
             n_nationkey | n_name
            -------------+---------
                       0 | ALGERIA
                       1 | NULL
                       2 | 日本
            (3 rows, 0.00 s)
            """);
    assertThat(messages.toString(UTF_8)).isEmpty();
  }

  @Test
  void printsCsvAndKeepsTheCountApart() {
    assertThat(run("--format", "csv", "--user", "analyst", "select nations")).isZero();
    assertThat(output.toString(UTF_8)).isEqualTo("n_nationkey,n_name\n0,ALGERIA\n1,\n2,日本\n");
    assertThat(messages.toString(UTF_8)).isEqualToIgnoringNewLines("(3 rows, 0.00 s)");
  }

  @Test
  void printsOneJsonArray() {
    assertThat(run("--format", "json", "--user", "analyst", "select nations")).isZero();
    assertThat(output.toString(UTF_8))
        .isEqualTo(
            """
            [
            {"n_nationkey":0,"n_name":"ALGERIA"},
            {"n_nationkey":1,"n_name":null},
            {"n_nationkey":2,"n_name":"日本"}
            ]
            """);
  }

  @Test
  void printsAnArrowStream() throws Exception {
    assertThat(run("--format", "arrow", "--user", "analyst", "select nations")).isZero();
    try (RootAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(output.toByteArray()), allocator)) {
      int rows = 0;
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      assertThat(rows).isEqualTo(3);
      assertThat(reader.getVectorSchemaRoot().getSchema()).isEqualTo(NATIONS);
    }
  }

  @Test
  void printsTheHeaderOfAnEmptyResultAndNoTableForACommand() {
    assertThat(run("--user", "a", "select nothing")).isZero();
    assertThat(output.toString(UTF_8))
        .startsWith(" n_nationkey | n_name\n")
        .endsWith("(0 rows, 0.00 s)\n");
    output.reset();
    assertThat(run("--user", "a", "use lake")).isZero();
    assertThat(output.toString(UTF_8)).isEqualTo("(done, 0.00 s)\n");
  }

  @Test
  void readsTheStatementFromStandardInput() {
    command = commandWith(output, "select nothing", null);
    assertThat(run("--user", "a", "--format", "csv")).isZero();
    assertThat(output.toString(UTF_8)).isEqualTo("n_nationkey,n_name\n");
  }

  @Test
  void tellsTheServersErrorWithoutControlCharacters() {
    assertThat(run("--user", "a", "selct")).isEqualTo(1);
    assertThat(messages.toString(UTF_8))
        .isEqualToIgnoringNewLines("[PARSE_SYNTAX_ERROR] No such thing.[31m (SQLSTATE 42601)");
    assertThat(output.toString(UTF_8)).isEmpty();
  }

  @Test
  void takesThePasswordFromTheFileThenTheEnvironmentThenTheName(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("password");
    Files.writeString(file, "wrong\n");
    assertThat(run("--user", "a", "--password-file", file.toString(), "select nothing"))
        .isEqualTo(3);
    assertThat(messages.toString(UTF_8)).contains("Wrong user or password");

    command = commandWith(output, "", "wrong");
    assertThat(run("--user", "a", "select nothing")).isEqualTo(3);
    Files.writeString(file, "a\n");
    assertThat(run("--user", "a", "--password-file", file.toString(), "select nothing")).isZero();
  }

  @Test
  void saysThatNothingAnswers() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(run("--url", "grpc://127.0.0.1:" + port, "select nothing")).isEqualTo(3);
    assertThat(messages.toString(UTF_8))
        .isEqualToIgnoringNewLines(
            "Nothing answers at grpc://127.0.0.1:%d. Start Sluice with ./sluice demo."
                .formatted(port));
  }

  @Test
  void cancelEndsTheStatementOnTheServer() throws Exception {
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(
            () -> run("--user", "a", "--format", "csv", "select forever"));
    assertThat(server.firstBatchSent.await(20, TimeUnit.SECONDS)).isTrue();
    command.cancel();
    assertThat(server.streamCanceled.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(messages.toString(UTF_8)).isEqualToIgnoringNewLines("Canceled.");
  }

  @Test
  void endsTheStatementWhenTheReaderOfTheOutputStops() throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    command = commandWith(closed, "", null);
    assertThat(run("--user", "a", "--format", "csv", "select forever")).isEqualTo(141);
    assertThat(server.streamCanceled.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesAnAddressOrPasswordItShouldNotUse() {
    assertThat(run("--url", "http://127.0.0.1:1", "select 1")).isEqualTo(2);
    assertThat(run("--url", "grpc://example.org:32010", "select 1")).isEqualTo(2);
    assertThat(run("--url", "grpc+tls://example.org:32010", "select 1")).isEqualTo(2);
    assertThat(messages.toString(UTF_8))
        .contains("is not grpc://HOST:PORT")
        .contains("would carry the password in clear text")
        .contains("A password is needed for grpc+tls://example.org:32010");
    assertThat(run("--user", "a", "   ")).isEqualTo(2);
  }

  @Test
  void refusesCertificatesThatItCannotRead(@TempDir Path directory) throws IOException {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "no certificate");
    for (Path file : List.of(empty, directory.resolve("missing.pem"))) {
      messages.reset();
      assertThat(run("--user", "a", "--tls-root-certs", file.toString(), "select 1")).isEqualTo(2);
      assertThat(messages.toString(UTF_8)).contains(file.toString()).doesNotContain("\tat ");
    }
  }

  private int run(String... arguments) {
    String[] all = arguments;
    if (!List.of(arguments).contains("--url")) {
      all = new String[arguments.length + 2];
      all[0] = "--url";
      all[1] = server.url();
      System.arraycopy(arguments, 0, all, 2, arguments.length);
    }
    return new CommandLine(command)
        .setParameterExceptionHandler(
            (exception, given) -> {
              messages.writeBytes((exception.getMessage() + "\n").getBytes(UTF_8));
              return 2;
            })
        .execute(all);
  }

  private SqlCommand commandWith(
      OutputStream rows, String input, @org.jspecify.annotations.Nullable String password) {
    return new SqlCommand(
        new Terminal(
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            rows,
            new PrintStream(messages, true, UTF_8),
            0,
            password,
            () -> Instant.EPOCH));
  }

  private static int nations(VectorSchemaRoot root, int batch) {
    if (batch > 0) {
      return 0;
    }
    BigIntVector keys = (BigIntVector) root.getVector("n_nationkey");
    VarCharVector names = (VarCharVector) root.getVector("n_name");
    for (int row = 0; row < 3; row++) {
      keys.setSafe(row, row);
    }
    names.setSafe(0, "ALGERIA".getBytes(UTF_8));
    names.setNull(1);
    names.setSafe(2, "日本".getBytes(UTF_8));
    return 3;
  }
}
