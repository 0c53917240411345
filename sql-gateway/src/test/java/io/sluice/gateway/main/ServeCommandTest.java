package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.identity.UserFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code sluice serve} says when it does not start, and {@code sluice password}. */
class ServeCommandTest extends WithServeFiles {

  @Test
  void itDoesNotStartOnAFileThatItDoesNotUnderstand() throws IOException {
    files.write(files.example().replace("grace: 30s", "grace: soon"));
    assertThatThrownBy(() -> serve(files.config()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("limits.grace: the value is a time with its unit, such as 30s");
  }

  @Test
  void itDoesNotStartOnAFileThatOthersMayChange() throws IOException {
    Files.setPosixFilePermissions(files.config(), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThatThrownBy(() -> serve(files.config()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("chmod go-w '" + files.config() + "'");
    assertThatThrownBy(() -> serve(folder.resolve("none.yaml")))
        .isInstanceOf(StartException.class)
        .hasMessageEndingWith("none.yaml does not exist.");
  }

  @Test
  void itDoesNotStartWithoutAJournalOfItsOwn() throws IOException {
    String twice = example("twice").replace("journal.jsonl", "gateway.log");
    assertThat(twice).isNotEqualTo(example("twice"));
    files.write(twice);
    assertThatThrownBy(() -> serve(files.config()))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("log.file and journal.file are one file");
    files.write(
        example("nowhere")
            .replaceFirst("file: .*journal.jsonl", "file: " + folder.resolve("none/journal")));
    assertThatThrownBy(() -> serve(files.config()))
        .isInstanceOf(StartException.class)
        .hasMessage("journal.file: " + folder.resolve("none") + " does not exist.");
  }

  /** The documented file with another data folder, as a command that fails keeps its own locked. */
  private static String example(String data) throws IOException {
    return files.example().replace(files.data().toString(), folder.resolve(data).toString());
  }

  @Test
  void itDoesNotStartWithoutTheDriverOfACatalog() throws IOException {
    files.write(example("driverless").replace("jdbc:sqlite:", "jdbc:oracle:"));
    assertThatThrownBy(() -> serve(files.config()))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("catalogs.lake.uri: there is no JDBC driver for this address");
  }

  @Test
  void twoServersDoNotShareAFolder() throws IOException {
    try (FolderLock held = ServeCommand.prepare(files.read())) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> serve(files.config()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("is in use by another Sluice");
    }
  }

  @Test
  void anEntryOfThePasswordCommandLetsItsUserIn() throws Exception {
    String entry = password("correct horse\nmore\n", "--user", "ann", "--groups", "a,b");
    assertThat(entry).doesNotContain("horse");
    Path file = folder.resolve("own.json");
    Files.writeString(file, "{\"users\":[" + entry + "]}");
    assertThat(new UserFile(file, path -> {}).users().find("ann")).isPresent();
    assertThat(entry)
        .startsWith("{\"name\":\"ann\",\"groups\":[\"a\",\"b\"],\"password\":\"pbkdf2-");
    for (String name : List.of(" ", "a,b", "a\nb")) {
      assertThatThrownBy(() -> password("correct horse\n", "--user", name))
          .hasMessageStartingWith("--user is the name that the user logs in with");
    }
    assertThatThrownBy(() -> password("short\n", "--user", "ann"))
        .hasMessage("A password has at least 8 characters.");
    assertThatThrownBy(() -> password("", "--user", "ann"))
        .hasMessage("A password has at least 8 characters.");
  }

  private static String password(String typed, String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PasswordCommand command =
        new PasswordCommand(
            new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
            null,
            new PrintStream(out, true, StandardCharsets.UTF_8));
    new CommandLine(command).parseArgs(arguments);
    assertThat(command.call()).isZero();
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  private void serve(Path config) throws Exception {
    ServeCommand command = new ServeCommand(new Installation(folder), System.out, System.err);
    new CommandLine(command).parseArgs("--config", config.toString());
    command.call();
  }
}
