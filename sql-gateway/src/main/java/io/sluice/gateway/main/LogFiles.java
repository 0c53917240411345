package io.sluice.gateway.main;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.FileAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The two files that say what a gateway did. Without them it does not run: nobody would see what it
 * decided.
 *
 * @param log the gateway's log
 * @param journal the statements' journal
 */
record LogFiles(Path log, Path journal) {

  /**
   * Makes both, or closes to others what is there.
   *
   * @param data the gateway's own folder, which is closed to others with all that lies in it
   * @throws StartException if they are one file, or cannot be written, or others may change or read
   *     what is written there
   */
  void make(Path data, FileTrust trust) {
    make("log.file", log, data, trust);
    make("journal.file", journal, data, trust);
    try {
      if (Files.isSameFile(log, journal)) {
        throw new StartException(
            "log.file and journal.file are one file, " + log + ". Give each its own.");
      }
    } catch (IOException failure) {
      throw unwritable("journal.file", journal, failure);
    }
  }

  private static void make(String key, Path file, Path data, FileTrust trust) {
    boolean elsewhere = !file.startsWith(data);
    try {
      Path folder = file.getParent();
      if (elsewhere && folder != null) {
        trust.folder(folder);
      }
      PrivateFile.make(file);
      if (elsewhere) {
        trust.secret(file);
      }
    } catch (StartException untrusted) {
      throw new StartException(key + ": " + untrusted.getMessage());
    } catch (IOException failure) {
      throw unwritable(key, file, failure);
    }
  }

  private static StartException unwritable(String key, Path file, IOException failure) {
    return new StartException(
        key + ": " + file + " cannot be written: " + StartException.describe(failure) + ".");
  }

  /**
   * Checks that logging writes both. Logback itself goes on without a file that it cannot write.
   *
   * @throws StartException if one is not written
   */
  void checkStarted(LoggerContext logging) {
    checkStarted(logging.getLogger(Logger.ROOT_LOGGER_NAME), "FILE", log);
    checkStarted(logging.getLogger("io.sluice.journal"), "JOURNAL", journal);
  }

  private static void checkStarted(Logger logger, String appender, Path file) {
    if (!(logger.getAppender(appender) instanceof FileAppender<?> writer)
        || !writer.isStarted()
        || !file.toString().equals(writer.getFile())) {
      throw new StartException(
          "Nothing would be written to "
              + file
              + ", so the gateway does not start. Use Sluice's own configuration of Logback, and a"
              + " path without % and $.");
    }
  }
}
