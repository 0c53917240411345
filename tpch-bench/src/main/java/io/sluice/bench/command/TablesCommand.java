package io.sluice.bench.command;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench tables}: starts the TPC-H writer as a process on Spark's class path. */
@Command(name = "tables", description = "Writes the eight TPC-H tables into an Iceberg catalog.")
public final class TablesCommand implements Callable<Integer> {

  private static final String WRITER = "io.sluice.bench.data.TpchLoader";

  @Option(names = "--scale", required = true, paramLabel = "N", description = "TPC-H scale factor.")
  private String scale = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory that gets catalog.db and warehouse; or give --uri and --warehouse.")
  private @Nullable Path data;

  @Option(names = "--uri", paramLabel = "JDBC-URI", description = "The catalog's database.")
  private @Nullable String uri;

  @Option(names = "--warehouse", paramLabel = "LOCATION", description = "Where the data go.")
  private @Nullable String warehouse;

  @Option(names = "--catalog", paramLabel = "NAME", description = "lake by default.")
  private String catalog = "lake";

  @Option(names = "--schema", paramLabel = "NAME", description = "tpch by default.")
  private String schema = "tpch";

  @Option(names = "--heap", paramLabel = "SIZE", description = "The writer's heap; 1g by default.")
  private String heap = "1g";

  @Override
  public Integer call() throws IOException, InterruptedException, URISyntaxException {
    if (data == null && (uri == null || warehouse == null)) {
      throw new IllegalArgumentException("Give --data, or both --uri and --warehouse.");
    }
    Path directory = (data == null ? Path.of("") : data).toAbsolutePath().normalize();
    Path root = Path.of(System.getProperty("sluice.root", "."));
    Path own =
        Path.of(TablesCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String classPath =
        String.join(
            File.pathSeparator,
            own.toString(),
            Files.readString(root.resolve("tpch-bench/target/loader-classpath")).strip(),
            Files.readString(root.resolve("spark-runtime/target/classpath")).strip());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx" + heap, "-cp", classPath, WRITER, "--scale", scale));
    command.addAll(List.of("--catalog", catalog, "--schema", schema));
    command.add("--uri");
    command.add(uri == null ? "jdbc:sqlite:" + directory.resolve("catalog.db") : uri);
    command.add("--warehouse");
    command.add(warehouse == null ? directory.resolve("warehouse").toString() : warehouse);
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
