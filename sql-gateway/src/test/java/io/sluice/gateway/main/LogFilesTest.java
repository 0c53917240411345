package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.TimeBasedRollingPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {

  private final FileTrust trust = FileTrust.ofThisProcess();

  @TempDir Path temporary;
  private Path folder;
  private Path data;
  private LogFiles files;

  @BeforeEach
  void make() throws IOException {
    folder = temporary.toRealPath();
    data = Files.createDirectory(folder.resolve("data"));
    files = new LogFiles(data.resolve("gateway.log"), folder.resolve("journal.jsonl"));
  }

  @Test
  void bothAreClosedToOthersAndKeepWhatTheyHold() throws IOException {
    Files.writeString(files.journal(), "{}\n");
    permit(files.journal(), "rw-rw-rw-");
    files.make(data, trust);
    assertThat(permissions(files.log())).isEqualTo("rw-------");
    assertThat(permissions(files.journal())).isEqualTo("rw-------");
    assertThat(files.journal()).hasContent("{}\n");
  }

  @Test
  void aLinkThatIsPlantedForOneIsNotFollowed() throws IOException {
    Path target = folder.resolve("target");
    Files.createSymbolicLink(files.journal(), target);
    assertThatThrownBy(() -> files.make(data, trust))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("journal.file: " + files.journal())
        .hasMessageContaining("it is a symbolic link");
    Files.writeString(target, "of another");
    permit(target, "rw-r--r--");
    assertThatThrownBy(() -> files.make(data, trust)).hasMessageContaining("symbolic link");
    assertThat(permissions(target)).isEqualTo("rw-r--r--");
    Path inside = data.resolve("inside");
    Files.createSymbolicLink(inside, target);
    assertThatThrownBy(() -> new LogFiles(inside, folder.resolve("j")).make(data, trust))
        .hasMessageContaining("log.file: " + inside);
    assertThat(target).hasContent("of another");
  }

  @Test
  void aFolderThatOthersWriteToIsNotTrusted() throws IOException {
    for (int mode : new int[] {0777, 01777, 0770}) {
      Files.setAttribute(folder, "unix:mode", mode);
      assertThatThrownBy(() -> files.make(data, trust))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("journal.file: Others than its owner may change what lies in")
          .hasMessageContaining("chmod go-w '" + folder + "'");
      assertThat(files.journal()).doesNotExist();
    }
  }

  @Test
  void whatCannotBeWrittenIsToldOf() throws IOException {
    Path file = Files.createFile(data.resolve("file"));
    assertThatThrownBy(() -> new LogFiles(file.resolve("log"), files.journal()).make(data, trust))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("log.file: " + file.resolve("log") + " cannot be written: ");
    assertThatThrownBy(() -> new LogFiles(files.log(), folder).make(data, trust))
        .hasMessageContaining("journal.file: ");
  }

  @Test
  void oneFileUnderTwoNamesIsOne() throws IOException {
    Files.createSymbolicLink(folder.resolve("same"), data);
    LogFiles same = new LogFiles(files.log(), folder.resolve("same/gateway.log"));
    assertThatThrownBy(() -> same.make(data, trust))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "log.file and journal.file are one file, " + files.log() + ". Give each its own.");
  }

  @Test
  void whatLogbackDoesNotWriteIsToldOf() throws Exception {
    files.make(data, trust);
    LoggerContext logging = logback(files);
    try {
      assertThatCode(() -> files.checkStarted(logging)).doesNotThrowAnyException();
      LogFiles others = new LogFiles(files.log(), folder.resolve("other"));
      assertThatThrownBy(() -> others.checkStarted(logging))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("Nothing would be written to " + others.journal());
    } finally {
      logging.stop();
    }
    for (LogFiles broken :
        new LogFiles[] {
          new LogFiles(files.log(), files.journal().resolve("below-a-file")),
          new LogFiles(files.journal().resolve("below-a-file"), files.journal()),
          new LogFiles(files.log(), files.log())
        }) {
      LoggerContext silent = logback(broken);
      try {
        assertThatThrownBy(() -> broken.checkStarted(silent)).isInstanceOf(StartException.class);
      } finally {
        silent.stop();
      }
    }
  }

  @Test
  void theNextDaysFileIsClosedToOthersToo() throws Exception {
    files.make(data, trust);
    LoggerContext logging = logback(files);
    Logger journal = logging.getLogger("io.sluice.journal");
    try {
      journal.info("first");
      RollingFileAppender<?> appender = (RollingFileAppender<?>) journal.getAppender("JOURNAL");
      ((TimeBasedRollingPolicy<?>) appender.getRollingPolicy())
          .getTimeBasedFileNamingAndTriggeringPolicy()
          .setCurrentTime(System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1));
      journal.info("second");
    } finally {
      logging.stop();
    }
    assertThat(files.journal()).hasContent("second\n");
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all.filter(file -> file.getFileName().toString().startsWith("journal")))
          .hasSize(2)
          .allSatisfy(file -> assertThat(permissions(file)).isEqualTo("rw-------"));
    }
  }

  /** Sluice's own configuration of Logback, for these files. */
  private static LoggerContext logback(LogFiles files) throws Exception {
    LoggerContext logging = new LoggerContext();
    logging.setMDCAdapter(new LogbackMDCAdapter());
    logging.putProperty("sluice.log", files.log().toString());
    logging.putProperty("sluice.journal", files.journal().toString());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(logging);
    configurator.doConfigure(
        Objects.requireNonNull(LogFiles.class.getResource("/logback.xml"), "logback.xml"));
    return logging;
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
