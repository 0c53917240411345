package io.sluice.cluster;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where local replicas run.
 *
 * @param java the java command
 * @param classPathFile one line: Spark's class path, as spark-runtime writes it
 * @param directory of the gateway's data; holds {@code logs/} and, while they run, {@code
 *     replicas/}. No other gateway may use it
 * @param startLimit how long a server may take until it listens
 * @param grace between asking a server to end and killing it; whole seconds
 */
public record LocalSettings(
    Path java, Path classPathFile, Path directory, Duration startLimit, Duration grace) {

  /** Settings with two minutes for the start and five seconds for the end. */
  public static LocalSettings of(Path java, Path classPathFile, Path directory) {
    return new LocalSettings(
        java, classPathFile, directory, Duration.ofMinutes(2), Duration.ofSeconds(5));
  }
}
