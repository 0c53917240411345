package io.sluice.gateway.main;

import io.sluice.planner.policy.loader.PolicyEngineLoader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the build left what the gateway does not have on its own class path.
 *
 * @param root the repository's root
 */
record Installation(Path root) {

  /** Returns the file that holds the Spark server's class path. */
  Path sparkClassPath() {
    return readable(root.resolve("spark-runtime/target/classpath"));
  }

  /** Returns the file that holds what the TPC-H writer needs beside Spark's class path. */
  Path loaderClassPath() {
    return readable(root.resolve("tpch-bench/target/loader-classpath"));
  }

  /** Returns the jars of the policy engine, its own first. */
  List<Path> policyEngine() {
    List<Path> jars = new ArrayList<>();
    jars.add(jarOf("policy-ranger"));
    jars.addAll(
        PolicyEngineLoader.readClassPath(readable(root.resolve("policy-ranger/target/classpath"))));
    return jars;
  }

  /** Returns the module's jar. */
  Path jarOf(String module) {
    Path target = root.resolve(module).resolve("target");
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(target, "sluice-" + module + "-*.jar")) {
      for (Path jar : jars) {
        return jar;
      }
    } catch (IOException missing) {
      throw notBuilt(target);
    }
    throw notBuilt(target);
  }

  private static Path readable(Path file) {
    if (!Files.isReadable(file)) {
      throw notBuilt(file);
    }
    return file;
  }

  private static StartException notBuilt(Path missing) {
    return new StartException(
        missing + " is missing: the build is incomplete. Run: mvn -Pquick package");
  }
}
