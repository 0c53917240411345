package io.sluice.planner.policy.loader;

import java.util.Set;

/**
 * Shows an engine the JDK, the port's own packages and SLF4J, and nothing else of the gateway: no
 * class and no resource, so that no library of one side can answer for the other's.
 */
final class PortClassLoader extends ClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final Set<String> PACKAGES = Set.of("io.sluice.model", "io.sluice.planner.policy");

  private final ClassLoader gateway;

  PortClassLoader(ClassLoader gateway) {
    super("policy-port", ClassLoader.getPlatformClassLoader());
    this.gateway = gateway;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith("org.slf4j.") || PACKAGES.contains(packageOf(name))) {
      return gateway.loadClass(name);
    }
    throw new ClassNotFoundException(name);
  }

  private static String packageOf(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(0, dot);
  }
}
