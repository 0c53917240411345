package io.sluice.gateway.main;

import ch.qos.logback.core.rolling.RollingFileAppender;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Logback's rolling files, each closed to others before the first line is written: at the start,
 * and when a day or a full file is over.
 *
 * @param <E> what is logged
 */
public final class PrivateFileAppender<E> extends RollingFileAppender<E> {

  private static final Path NOWHERE = Path.of("/dev/null");

  @Override
  public void openFile(String name) throws IOException {
    Path file = Path.of(name);
    if (!file.equals(NOWHERE)) {
      PrivateFile.make(file);
    }
    super.openFile(name);
  }
}
