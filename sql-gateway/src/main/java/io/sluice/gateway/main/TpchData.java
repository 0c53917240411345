package io.sluice.gateway.main;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs the TPC-H writer as a process of its own, on Spark's class path. */
final class TpchData {

  private TpchData() {}

  /**
   * Writes the tables that are missing. The writer's progress goes to this process's stderr; it
   * ends when this process ends, by whatever means.
   *
   * @return fails with {@link StartException}
   */
  static CompletableFuture<Void> load(
      Installation installation, Path java, DataDirectory directory, String scale) {
    Process process;
    try {
      String classPath =
          installation.jarOf("tpch-bench")
              + File.pathSeparator
              + Files.readString(installation.loaderClassPath()).strip()
              + File.pathSeparator
              + Files.readString(installation.sparkClassPath()).strip();
      Path arguments = directory.logs().resolve("load.args");
      Files.writeString(arguments, "-cp \"" + classPath + "\"\n", StandardCharsets.UTF_8);
      process =
          new ProcessBuilder(
                  List.of(
                      java.toString(),
                      "-Xmx1g",
                      "@" + arguments,
                      "io.sluice.bench.data.TpchLoader",
                      "--scale",
                      scale,
                      "--uri",
                      directory.catalogUri(),
                      "--warehouse",
                      directory.warehouse().toString(),
                      "--beside",
                      Long.toString(ProcessHandle.current().pid())))
              // Standard output is for those who want to connect.
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException failure) {
      throw new StartException(
          "The TPC-H writer could not be started: " + StartException.describe(failure));
    }
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "tpch-writer-end"));
    return process
        .onExit()
        .thenAccept(
            ended -> {
              if (ended.exitValue() != 0) {
                throw new StartException(
                    "Writing TPC-H failed with status "
                        + ended.exitValue()
                        + "; what it said stands above.");
              }
            });
  }
}
