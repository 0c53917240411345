package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkCommandTest {

  @Test
  void secretsAndSettingsStandInAFileOfTheOwnerAlone(@TempDir Path directory) throws Exception {
    Path classPath = Files.writeString(directory.resolve("classpath"), "a.jar:b c.jar\n");
    ReplicaSpec spec =
        new ReplicaSpec(
            3,
            "2g",
            "4.1.2",
            Map.of(
                "spark.sql.catalog.lake", "Catalog",
                "spark.sql.catalog.lake.jdbc.password", "a \"b\\c",
                "spark.sql.runSQLOnFiles", "true"));
    List<String> command =
        SparkCommand.prepare(
            LocalSettings.of(Path.of("java"), classPath, directory), directory, spec);

    assertThat(command).containsExactly("/bin/sh", "supervise.sh", "5", "java", "@arguments");
    Path arguments = directory.resolve("arguments");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(arguments)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(arguments))
        .contains(
            "\"-Xmx2g\"",
            "\"-Dspark.master=local[3]\"",
            "\"-Dspark.connect.grpc.binding.port=0\"",
            "\"-Dspark.connect.grpc.binding.address=127.0.0.1\"",
            "\"-Dspark.sql.catalog.lake.jdbc.password=a \\\"b\\\\c\"",
            "\"-Dspark.sql.catalog.lake.cache-enabled=false\"",
            "\"a.jar:b c.jar\"")
        .contains("\"-Dspark.sql.runSQLOnFiles=false\"")
        .noneMatch(line -> line.contains("runSQLOnFiles=true"));
    assertThat(spec.toString()).doesNotContain("password");
  }
}
