package io.sluice.gateway.main;

import io.sluice.gateway.cli.ClustersCommand;
import io.sluice.gateway.cli.SqlCommand;
import io.sluice.gateway.cli.Terminal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point: hands the command line to the command that it names. */
@Command(name = "sluice", description = "One SQL front door for Spark lakehouses.")
public final class Main {

  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private Main() {}

  /** Runs one command and exits with its status. */
  public static void main(String[] arguments) {
    CommandLine commands = new CommandLine(new Main());
    commands.addSubcommand(sql());
    commands.addSubcommand(clusters());
    commands.addSubcommand(demo());
    commands.addSubcommand(serve());
    commands.addSubcommand(
        new CommandLine(new PasswordCommand(System.in, System.console(), System.out)));
    commands.setExpandAtFiles(false);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(
        (exception, given) -> {
          System.err.println(exception.getMessage());
          System.err.println("./sluice help lists the options.");
          return WRONG_USAGE;
        });
    // Of the command line that is executed; picocli asks no subcommand's.
    commands.setExecutionExceptionHandler(
        (failure, line, given) -> {
          if (failure instanceof StartException known) {
            System.err.println("sluice: " + known.getMessage());
            return FAILED;
          }
          throw failure;
        });
    if (arguments.length == 0) {
      System.err.println("A command is missing; ./sluice help lists them.");
      System.exit(WRONG_USAGE);
    }
    System.exit(commands.execute(arguments));
  }

  private static CommandLine demo() {
    return new CommandLine(new DemoCommand(installation(), System.out, System.err));
  }

  private static CommandLine serve() {
    return new CommandLine(new ServeCommand(installation(), System.out, System.err));
  }

  private static Installation installation() {
    return new Installation(Path.of(System.getProperty("sluice.root", ".")));
  }

  private static Terminal terminal() {
    return new Terminal(
        System.in,
        // System.out would swallow the error that tells of a closed pipe.
        new FileOutputStream(FileDescriptor.out),
        System.err,
        Integer.getInteger("sluice.terminal.width", 0),
        System.getenv("SLUICE_PASSWORD"),
        InstantSource.system());
  }

  private static CommandLine clusters() {
    return new CommandLine(new ClustersCommand(terminal()));
  }

  private static CommandLine sql() {
    SqlCommand command = new SqlCommand(terminal());
    Runtime.getRuntime().addShutdownHook(new Thread(command::cancel, "cancel"));
    return new CommandLine(command);
  }
}
