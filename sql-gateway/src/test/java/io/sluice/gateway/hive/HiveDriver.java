package io.sluice.gateway.hive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** Drivers of HiveServer2 as released, each behind a class loader of its own. */
public enum HiveDriver {
  HIVE_4("hive-jdbc-4.0.1-standalone.jar", "org.apache.hive.jdbc.HiveDriver"),
  HIVE_3("hive-jdbc-3.1.3-standalone.jar", "org.apache.hive.jdbc.HiveDriver"),
  KYUUBI("kyuubi-hive-jdbc-shaded-1.9.2.jar", "org.apache.kyuubi.jdbc.KyuubiHiveDriver");

  private static final Map<HiveDriver, Driver> LOADED = new ConcurrentHashMap<>();

  private final String jar;
  private final String driver;

  HiveDriver(String jar, String driver) {
    this.jar = jar;
    this.driver = driver;
  }

  /** Connects; {@code rest} follows the port in the URL, from the slash on. */
  public Connection connect(int port, String rest, String user) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", user);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Driver loaded = LOADED.computeIfAbsent(this, HiveDriver::load);
    Thread.currentThread().setContextClassLoader(loaded.getClass().getClassLoader());
    try {
      return loaded.connect("jdbc:hive2://127.0.0.1:" + port + rest, properties);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static Driver load(HiveDriver which) {
    Path path = Path.of("target", "hive-drivers", which.jar).toAbsolutePath();
    try {
      // The driver stays loaded as long as the tests run.
      URLClassLoader loader =
          new URLClassLoader(
              which.name(), new URL[] {path.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
      return (Driver) loader.loadClass(which.driver).getDeclaredConstructor().newInstance();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(new IOException(e));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(path + " has no driver", e);
    }
  }
}
