package io.sluice.planner.policy.loader;

import io.sluice.planner.policy.PolicyEngineFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Finds a {@link PolicyEngineFactory} in jars of its own. The jars see the JDK's platform classes,
 * {@code io.sluice.model}, {@code io.sluice.planner.policy} and {@code org.slf4j} of the caller;
 * everything else they bring themselves, and nothing of theirs reaches the gateway.
 */
public final class PolicyEngineLoader {

  private PolicyEngineLoader() {}

  /**
   * Returns the one factory that the jars declare as a service. Its class loader stays open for the
   * life of the process.
   *
   * @param jars jar files or folders of classes, in class path order
   * @throws IllegalArgumentException if a jar is missing or the jars hold no factory or several
   */
  public static PolicyEngineFactory load(List<Path> jars) {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      if (!Files.isReadable(jar)) {
        throw new IllegalArgumentException("the policy engine's jar " + jar + " cannot be read");
      }
      urls.add(url(jar));
    }
    ClassLoader port = new PortClassLoader(PolicyEngineFactory.class.getClassLoader());
    ClassLoader engine = new URLClassLoader("policy-engine", urls.toArray(URL[]::new), port);
    Iterator<PolicyEngineFactory> factories =
        ServiceLoader.load(PolicyEngineFactory.class, engine).iterator();
    if (!factories.hasNext()) {
      throw new IllegalArgumentException("no policy engine is declared in " + jars);
    }
    PolicyEngineFactory factory = factories.next();
    if (factories.hasNext()) {
      throw new IllegalArgumentException("more than one policy engine is declared in " + jars);
    }
    return factory;
  }

  /**
   * Reads a class path that a build wrote into a file: paths on one line, between the platform's
   * path separators.
   *
   * @throws UncheckedIOException if the file cannot be read
   */
  public static List<Path> readClassPath(Path file) {
    try {
      List<Path> paths = new ArrayList<>();
      for (String part : Files.readString(file).strip().split(File.pathSeparator)) {
        if (!part.isBlank()) {
          paths.add(Path.of(part.strip()));
        }
      }
      return List.copyOf(paths);
    } catch (IOException e) {
      throw new UncheckedIOException("the class path file " + file + " cannot be read", e);
    }
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a path of a jar: " + jar, e);
    }
  }
}
