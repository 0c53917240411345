package io.sluice.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command that runs a Spark Connect server in a directory of its own. Everything that may be
 * secret or long stands in an argument file that only its owner reads, not on the command line.
 */
final class SparkCommand {

  private static final String MAIN = "org.apache.spark.sql.connect.service.SparkConnectServer";
  private static final String ARGUMENTS = "arguments";
  private static final String SUPERVISOR = "supervise.sh";
  private static final String LOGGING = "log4j2.properties";
  private static final String SCHEDULING = "fairscheduler.xml";
  private static final String SCRATCH = "scratch";

  /** What Spark 4.1 opens on Java 17 and later. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private SparkCommand() {}

  /** Writes the files that the command needs into an existing directory, and returns it. */
  static List<String> prepare(LocalSettings settings, Path directory, ReplicaSpec spec)
      throws IOException {
    for (String resource : List.of(SUPERVISOR, LOGGING, SCHEDULING)) {
      try (InputStream content = SparkCommand.class.getResourceAsStream(resource)) {
        if (content == null) {
          throw new IOException("not in the jar: " + resource);
        }
        Files.copy(content, directory.resolve(resource));
      }
    }
    Files.createDirectory(directory.resolve(SCRATCH));
    Path file =
        Files.createFile(
            directory.resolve(ARGUMENTS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    StringBuilder text = new StringBuilder();
    for (String argument : arguments(settings, directory, spec)) {
      text.append(quoted(argument)).append('\n');
    }
    Files.writeString(file, text);
    return List.of(
        "/bin/sh",
        SUPERVISOR,
        Long.toString(settings.grace().toSeconds()),
        settings.java().toString(),
        "@" + ARGUMENTS);
  }

  private static List<String> arguments(LocalSettings settings, Path directory, ReplicaSpec spec)
      throws IOException {
    Path scratch = directory.resolve(SCRATCH);
    List<String> arguments = new ArrayList<>();
    arguments.add("-Xmx" + spec.heap());
    // Deep plans recurse, on threads of Spark that take the default.
    arguments.add("-Xss4m");
    // A driver that ran out of memory is replaced, not trusted.
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.add("--add-modules=jdk.incubator.vector");
    OPENED.forEach(name -> arguments.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    arguments.add("-Djdk.reflect.useDirectMethodHandle=false");
    arguments.add("-Dio.netty.tryReflectionSetAccessible=true");
    arguments.add("-Duser.timezone=UTC");
    arguments.add("-Dfile.encoding=UTF-8");
    arguments.add("-Djava.io.tmpdir=" + scratch);
    arguments.add("-Dlog4j2.configurationFile=" + directory.resolve(LOGGING).toUri());
    configuration(directory, scratch, spec)
        .forEach((key, value) -> arguments.add("-D" + key + "=" + value));
    arguments.add("-cp");
    arguments.add(Files.readString(settings.classPathFile()).strip());
    arguments.add(MAIN);
    return arguments;
  }

  private static Map<String, String> configuration(Path directory, Path scratch, ReplicaSpec spec) {
    Map<String, String> values = new TreeMap<>();
    values.put(
        "spark.sql.extensions",
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    values.put("spark.sql.shuffle.partitions", Integer.toString(4 * spec.taskSlots()));
    // What the driver remembers of the past, for pages that nobody serves.
    values.put("spark.ui.retainedJobs", "100");
    values.put("spark.ui.retainedStages", "100");
    values.put("spark.ui.retainedTasks", "1000");
    values.putAll(spec.configuration());

    values.put("spark.app.name", "sluice");
    values.put("spark.master", "local[" + spec.taskSlots() + "]");
    values.put("spark.ui.enabled", "false");
    values.put("spark.ui.showConsoleProgress", "false");
    values.put("spark.driver.host", "127.0.0.1");
    values.put("spark.driver.bindAddress", "127.0.0.1");
    // The driver's own ports, which no client needs, take a secret of the process.
    values.put("spark.authenticate", "true");
    values.put("spark.connect.grpc.binding.address", "127.0.0.1");
    values.put("spark.connect.grpc.binding.port", "0");
    values.put("spark.local.dir", scratch.toString());
    values.put("spark.sql.warehouse.dir", directory.resolve("warehouse").toString());
    values.put("spark.scheduler.mode", "FAIR");
    values.put("spark.scheduler.allocation.file", directory.resolve(SCHEDULING).toUri().toString());
    values.putAll(SparkConfiguration.required(spec));
    return values;
  }

  /** Quotes as the java command reads argument files. */
  private static String quoted(String argument) {
    String escaped =
        argument
            .replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\r", "\\r");
    return "\"" + escaped + "\"";
  }
}
