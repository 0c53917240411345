package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What asks an engine over a folder of policies. */
abstract class PolicyFolderTest {

  PolicyFolder folder;

  @BeforeEach
  void start(@TempDir Path path) {
    folder = PolicyFolder.in(path);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  /** Opens the engine over policies that it takes. */
  void open(String... policies) {
    folder.policies(policies).open();
    assertThat(folder.engine().health().problems()).isEmpty();
  }
}
