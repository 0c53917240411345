package io.sluice.gateway.main;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The launcher in a directory of its own, with a Maven that only makes the files that a build makes
 * and a Java that only prints its arguments.
 */
final class FakeCheckout {

  /** What the launcher may use beside Java and Maven. */
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "env",
          "sed",
          "grep",
          "head",
          "tail",
          "awk",
          "dirname",
          "readlink",
          "cat",
          "find",
          "ln",
          "rm",
          "mkdir",
          "mv",
          "df",
          "sleep",
          "touch");

  record Result(int status, String output, String messages) {}

  private final Path home;

  FakeCheckout(Path directory) throws IOException {
    home = directory;
    Path launcher = Path.of(System.getProperty("sluice.root", ".."), "sluice");
    Files.createDirectories(root());
    Files.copy(launcher, root().resolve("sluice"));
    if (!root().resolve("sluice").toFile().setExecutable(true)) {
      throw new IOException("The launcher cannot be made executable.");
    }
    write(root().resolve("pom.xml"), "<project>\n  <version>9.8.7</version>\n</project>\n");
    write(source(), "class Some {}\n");
    Files.createDirectories(tools());
    for (String tool : TOOLS) {
      Path real = Path.of("/usr/bin", tool);
      Files.createSymbolicLink(
          tools().resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
    }
  }

  Path root() {
    return home.resolve("a checkout");
  }

  Path source() {
    return root().resolve("model/src/main/java/Some.java");
  }

  Path tools() {
    return home.resolve("tools");
  }

  /** Makes a Java home of a version; its java prints its arguments, one to a line, and exits 7. */
  Path java(String version, boolean compiler) throws IOException {
    Path java = home.resolve("java-" + version + (compiler ? "" : "-jre"));
    write(java.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(java.resolve("bin/java"), "printf '%s\\n' \"$@\"; exit 7");
    if (compiler) {
      script(java.resolve("bin/javac"), "exit 0");
    }
    return java;
  }

  /** Puts a Maven on the PATH that notes its arguments and then does what the text says. */
  void maven(String body) throws IOException {
    script(
        tools().resolve("mvn"),
        """
        echo "$*" >>'%1$s'
        %2$s
        for module in sql-gateway tpch-bench spark-runtime policy-ranger; do
          mkdir -p $module/target
          echo '%3$s' >$module/target/classpath
          echo '%3$s' >$module/target/loader-classpath
          echo jar >$module/target/sluice-$module-9.8.7.jar
        done
        """
            .formatted(builds(), body, library()));
    write(library(), "jar");
  }

  Path library() {
    return home.resolve("library.jar");
  }

  private Path builds() {
    return home.resolve("builds");
  }

  /** Returns the arguments of every Maven that ran. */
  List<String> mavenRuns() throws IOException {
    return Files.exists(builds()) ? Files.readAllLines(builds()) : List.of();
  }

  Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(root().resolve("sluice"), environment, arguments);
  }

  Result run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(launcher.toString());
    command.addAll(List.of(arguments));
    Path output = home.resolve("output");
    Path messages = home.resolve("messages");
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools().toString());
    builder.environment().putAll(environment);
    Process process =
        builder.redirectOutput(output.toFile()).redirectError(messages.toFile()).start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("The launcher did not end: " + Files.readString(messages));
    }
    return new Result(
        process.exitValue(), Files.readString(output, UTF_8), Files.readString(messages, UTF_8));
  }

  static void script(Path file, String body) throws IOException {
    write(file, "#!/usr/bin/env bash\n" + body + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable.");
    }
  }

  private static void write(Path file, String text) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, text);
  }
}
