package io.sluice.bench.data;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs main classes of this module on the Spark runtime's class path, as in production. */
final class LoaderProcess {

  record Result(int status, String output) {}

  private LoaderProcess() {}

  static Result load(Path directory, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--uri", uri(directory), "--warehouse", warehouse(directory)));
    return run(directory, TpchLoader.class, all);
  }

  static Result readBack(Path directory) throws Exception {
    return run(directory, ReadBack.class, List.of(uri(directory), warehouse(directory)));
  }

  static Result writePartitioned(Path directory) throws Exception {
    Files.createDirectories(directory.resolve("catalog"));
    return run(directory, PartitionedWrite.class, List.of(uri(directory), warehouse(directory)));
  }

  static String uri(Path directory) {
    return "jdbc:sqlite:" + directory.resolve("catalog/catalog.db");
  }

  static String warehouse(Path directory) {
    return directory.resolve("warehouse").toString();
  }

  private static Result run(Path directory, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    Path module = Path.of("").toAbsolutePath();
    String classPath =
        String.join(
            File.pathSeparator,
            module.resolve("target/classes").toString(),
            module.resolve("target/test-classes").toString(),
            Files.readString(module.resolve("target/loader-classpath")).strip(),
            Files.readString(module.resolve("../spark-runtime/target/classpath")).strip());
    Path argumentFile = directory.resolve("arguments");
    Files.writeString(argumentFile, "-cp \"" + classPath + "\"");
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "@" + argumentFile, main.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(180, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("No end after 180 s: " + Files.readString(output));
    }
    return new Result(process.exitValue(), Files.readString(output));
  }
}
