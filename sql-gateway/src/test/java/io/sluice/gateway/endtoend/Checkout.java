package io.sluice.gateway.endtoend;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory that looks to the real launcher like a repository that has been built: its parts are
 * links to what the build of these tests has made. What is started in it is the real thing.
 */
final class Checkout {

  private static final Path REPOSITORY = Path.of(System.getProperty("sluice.root"));
  private static final Pattern JDBC = Pattern.compile("JDBC +(jdbc:\\S+:(\\d+)/\\S+)");
  private static final Pattern READY = Pattern.compile("HTTP +(https?:\\S+/ready)");

  private final Path root;

  private Checkout(Path root) {
    this.root = root;
  }

  static Checkout in(Path root) throws IOException {
    for (String file : List.of("sluice", "pom.xml")) {
      Files.copy(REPOSITORY.resolve(file), root.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    for (String module : List.of("tpch-bench", "policy-ranger", "spark-runtime")) {
      Files.createSymbolicLink(root.resolve(module), REPOSITORY.resolve(module));
    }
    Path gateway = Files.createDirectories(root.resolve("sql-gateway/target"));
    Files.createSymbolicLink(
        gateway.resolve("sluice-sql-gateway-0.jar"),
        REPOSITORY.resolve("sql-gateway/target/classes"));
    Files.writeString(
        gateway.resolve("classpath"),
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty() && !entry.contains("test-classes"))
            .filter(entry -> Files.exists(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator)));
    Files.createDirectory(root.resolve("target"));
    Files.createFile(root.resolve("target/built"));
    return new Checkout(root);
  }

  /** Leaves jars out of the Spark server's class path. */
  Checkout withoutSparkJars(Predicate<String> left) throws IOException {
    Path link = root.resolve("spark-runtime");
    String all = Files.readString(link.resolve("target/classpath")).strip();
    Files.delete(link);
    Files.writeString(
        Files.createDirectories(link.resolve("target")).resolve("classpath"),
        Stream.of(all.split(File.pathSeparator))
            .filter(left.negate())
            .collect(Collectors.joining(File.pathSeparator)));
    return this;
  }

  /** Runs the launcher to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    Path output = root.resolve("output");
    Path messages = root.resolve("messages");
    Process process =
        builder(arguments).redirectOutput(output.toFile()).redirectError(messages.toFile()).start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("It did not end: " + Files.readString(messages));
    }
    return new Ended(process.exitValue(), Files.readString(output), Files.readString(messages));
  }

  /** What a run of the launcher left. */
  record Ended(int status, String output, String messages) {}

  /** Starts a small demonstration, and returns when it says that it is ready. */
  Demo demo(Path data, String... options) throws IOException {
    Path messages = root.resolve("messages");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "demo",
                "--scale=0.001",
                "--data=" + data,
                "--grpc-port=0",
                "--http-port=0",
                "--thrift-port=0"));
    arguments.addAll(List.of(options));
    Process process =
        builder(arguments.toArray(String[]::new)).redirectError(messages.toFile()).start();
    List<String> output = new ArrayList<>();
    BufferedReader told = process.inputReader();
    for (String line = told.readLine(); line != null; line = told.readLine()) {
      output.add(line);
      if (line.equals("Sluice is ready")) {
        String lines = String.join("\n", output);
        Matcher jdbc = JDBC.matcher(lines);
        Matcher ready = READY.matcher(lines);
        if (!jdbc.find() || !ready.find()) {
          throw new IllegalStateException("no address: " + output);
        }
        return new Demo(
            process,
            jdbc.group(1),
            Integer.parseInt(jdbc.group(2)),
            URI.create(ready.group(1)),
            process.descendants().toList());
      }
    }
    throw new IllegalStateException("It did not become ready: " + Files.readString(messages));
  }

  /**
   * A running demonstration.
   *
   * @param gateway its process, which the launcher has become
   * @param url for JDBC, as the administrator
   * @param grpcPort of the Flight SQL door
   * @param ready where it tells whether it serves
   * @param children the supervisor of Spark and Spark itself
   */
  record Demo(Process gateway, String url, int grpcPort, URI ready, List<ProcessHandle> children)
      implements AutoCloseable {

    Demo {
      children = List.copyOf(children);
    }

    @Override
    public void close() {
      gateway.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(root.resolve("sluice").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }
}
