package io.sluice.bench.main;

import io.sluice.bench.command.AnalyzeCommand;
import io.sluice.bench.command.AutoscaleCommand;
import io.sluice.bench.command.ConcurrencyCommand;
import io.sluice.bench.command.FetchCommand;
import io.sluice.bench.command.KneeCommand;
import io.sluice.bench.command.LatencyCommand;
import io.sluice.bench.command.LoadCommand;
import io.sluice.bench.command.MemoryCommand;
import io.sluice.bench.command.QueriesCommand;
import io.sluice.bench.command.TablesCommand;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code sluice bench}: exit status 0 fine, 1 a difference or failure, 2 wrong usage. */
@Command(name = "sluice bench", description = "TPC-H data, queries and comparisons with Spark.")
public final class Main {

  private static final int FAILED = 1;
  private static final Logger DRIVERS_LOG = Logger.getLogger("org.apache.arrow.driver");
  private static final int WRONG_USAGE = 2;

  private Main() {}

  /** Runs one command and exits with its status. */
  public static void main(String[] arguments) {
    CommandLine commands = new CommandLine(new Main());
    commands.addSubcommand(new TablesCommand());
    commands.addSubcommand(new QueriesCommand(System.out));
    commands.addSubcommand(new FetchCommand(System.out));
    commands.addSubcommand(new MemoryCommand(System.out));
    commands.addSubcommand(new LatencyCommand(System.out));
    commands.addSubcommand(new ConcurrencyCommand(System.out));
    commands.addSubcommand(new KneeCommand(System.out));
    commands.addSubcommand(new AnalyzeCommand(System.out));
    commands.addSubcommand(new AutoscaleCommand(System.out));
    commands.addSubcommand(new LoadCommand(System.out));
    commands.setExpandAtFiles(false);
    commands.setParameterExceptionHandler(
        (exception, given) -> {
          System.err.println(exception.getMessage());
          exception.getCommandLine().usage(System.err);
          return WRONG_USAGE;
        });
    commands.setExecutionExceptionHandler(
        (exception, command, given) -> {
          System.err.println(exception.getMessage());
          return exception instanceof IllegalArgumentException ? WRONG_USAGE : FAILED;
        });
    if (arguments.length == 0) {
      commands.usage(System.err);
      System.exit(WRONG_USAGE);
    }
    // The JDBC driver brings a logging of its own, which tells which classes it uses.
    DRIVERS_LOG.setLevel(Level.WARNING);
    System.exit(commands.execute(arguments));
  }
}
