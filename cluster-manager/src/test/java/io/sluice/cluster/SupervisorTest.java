package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SupervisorTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  @BeforeEach
  void copyScript() throws IOException {
    try (InputStream script = SupervisorTest.class.getResourceAsStream("supervise.sh")) {
      assertThat(script).isNotNull();
      Files.copy(script, directory.resolve("supervise.sh"));
    }
  }

  /** Runs a shell command, which prints its process id, under supervision. */
  private Process supervise(int grace, String command) throws IOException {
    return new ProcessBuilder(
            "/bin/sh", "supervise.sh", Integer.toString(grace), "/bin/sh", "-c", command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static ProcessHandle printed(Process supervisor) throws IOException {
    return ProcessHandle.of(Long.parseLong(supervisor.inputReader().readLine())).orElseThrow();
  }

  @Test
  void theStatusOfTheCommandIsPassedOn() throws Exception {
    assertThat(supervise(5, "exit 7").waitFor()).isEqualTo(7);
  }

  @Test
  void theCommandEndsWhenThePipeCloses() throws Exception {
    Process supervisor = supervise(5, "echo $$; exec sleep 600");
    ProcessHandle command = printed(supervisor);
    supervisor.getOutputStream().close();
    assertThat(command.onExit()).succeedsWithin(30, TimeUnit.SECONDS);
    assertThat(supervisor.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void aCommandThatDoesNotWantToEndIsKilled() throws Exception {
    Process supervisor = supervise(1, "trap '' TERM; echo $$; while :; do sleep 1; done");
    ProcessHandle command = printed(supervisor);
    supervisor.getOutputStream().close();
    assertThat(command.onExit()).succeedsWithin(30, TimeUnit.SECONDS);
    assertThat(supervisor.waitFor()).isEqualTo(128 + 9);
  }

  @Test
  void askingTheSupervisorToEndEndsTheCommand() throws Exception {
    Process supervisor = supervise(5, "echo $$; exec sleep 600");
    ProcessHandle command = printed(supervisor);
    supervisor.toHandle().destroy();
    assertThat(command.onExit()).succeedsWithin(30, TimeUnit.SECONDS);
    assertThat(supervisor.waitFor()).isEqualTo(128 + 15);
  }

  @Test
  void aKilledSupervisorDoesNotFreeTheCommandOfThePipe() throws Exception {
    Process supervisor = supervise(5, "echo $$; exec sleep 600");
    ProcessHandle command = printed(supervisor);
    // The guard is made after the command, which may print before.
    while (supervisor.children().count() < 2) {
      Thread.sleep(10);
    }
    supervisor.toHandle().destroyForcibly();
    supervisor.waitFor();
    assertThat(command.isAlive()).isTrue();
    supervisor.getOutputStream().close();
    assertThat(command.onExit()).succeedsWithin(30, TimeUnit.SECONDS);
  }
}
