package io.sluice.gateway.main;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Has the documented configuration and its files; the configuration is anew in each test. */
abstract class WithServeFiles {

  @TempDir static Path folder;
  static ServeFiles files;

  @BeforeAll
  static void make() throws IOException {
    files = new ServeFiles(folder.toRealPath());
  }

  @BeforeEach
  void begin() throws IOException {
    files.write(files.example());
  }
}
