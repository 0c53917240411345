package io.sluice.gateway.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sluice sql}: runs one statement and prints its rows. Exit status 0 fine, 1 the statement
 * failed, 2 wrong usage, 3 no connection, 141 when whoever reads the output stopped reading.
 */
@Command(
    name = "sql",
    description = "Runs one statement and prints its rows.",
    mixinStandardHelpOptions = false)
public final class SqlCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int FAILED = 1;
  private static final int NO_CONNECTION = 3;

  /** What a shell reports of a program that wrote into a closed pipe. */
  private static final int OUTPUT_CLOSED = 141;

  private final Terminal terminal;
  private volatile @Nullable FlightSession session;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The server: grpc://HOST:PORT, or grpc+tls://HOST:PORT with TLS.")
  private String url = "grpc://127.0.0.1:32010";

  @Option(
      names = "--tls-root-certs",
      paramLabel = "FILE",
      description = "PEM certificates to trust in place of Java's own, with grpc+tls.")
  private @Nullable Path rootCertificates;

  @Option(names = "--user", paramLabel = "NAME", description = "Who asks.")
  private String user = System.getProperty("user.name", "");

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "A file whose first line is the password; else SLUICE_PASSWORD; else, on loopback only,"
              + " the user's name.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private ResultFormat format = ResultFormat.table;

  @Option(names = "--catalog", paramLabel = "NAME", description = "The statement's catalog.")
  private @Nullable String catalog;

  @Option(names = "--schema", paramLabel = "NAME", description = "The statement's schema.")
  private @Nullable String schema;

  @Parameters(
      arity = "0..1",
      paramLabel = "SQL",
      description = "The statement; read from standard input when it is missing or -.")
  private String statement = "-";

  public SqlCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Endpoint endpoint;
    String password;
    String text;
    try {
      endpoint = Endpoint.parse(url);
      if (rootCertificates != null) {
        // Tells of a file that cannot be used before anything is opened.
        TrustedCertificates.of(rootCertificates);
      }
      password = Passwords.find(endpoint, user, passwordFile, terminal.password());
      text = statementText();
    } catch (IllegalArgumentException e) {
      throw wrongUsage(String.valueOf(e.getMessage()));
    }
    Instant start = terminal.clock().instant();
    try (FlightSession connected =
        FlightSession.connect(endpoint, rootCertificates, user, password)) {
      session = connected;
      connected.use(catalog, schema);
      long rows = connected.run(text, format.sink(terminal.output(), terminal.width()));
      report(rows, Duration.between(start, terminal.clock().instant()));
      return FINE;
    } catch (ConnectionFailure e) {
      say(e.getMessage());
      return NO_CONNECTION;
    } catch (StatementFailure e) {
      say(e.getMessage());
      return FAILED;
    } catch (IOException e) {
      return OUTPUT_CLOSED;
    } finally {
      session = null;
    }
  }

  /** Ends the running statement, if there is one; for another thread, at Ctrl-C. */
  public void cancel() {
    FlightSession running = session;
    if (running != null) {
      running.cancel();
    }
  }

  private String statementText() {
    String text = statement;
    if (text.equals("-")) {
      try {
        text = new String(terminal.input().readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new IllegalArgumentException("Standard input cannot be read.");
      }
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("The statement is empty.");
    }
    return text;
  }

  private void report(long rows, Duration took) throws IOException {
    String count = rows < 0 ? "done" : rows == 1 ? "1 row" : "%,d rows".formatted(rows);
    String line = String.format(Locale.ROOT, "(%s, %.2f s)", count, took.toMillis() / 1000.0);
    if (format == ResultFormat.table) {
      terminal.output().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      terminal.output().flush();
    } else {
      terminal.messages().println(line);
    }
  }

  /** Prints a text of the server's without what could steer the terminal. */
  private void say(@Nullable String message) {
    terminal.messages().println(String.valueOf(message).replaceAll("[\\p{Cntrl}&&[^\\n\\t]]", ""));
  }

  private ParameterException wrongUsage(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli did not set up the command.");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
