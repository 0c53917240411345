package io.sluice.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer as its own process, and what it leaves behind. */
class TpchLoaderTest {

  private Path directory;

  @BeforeEach
  void setUp(@TempDir Path temporary) {
    directory = temporary;
  }

  @Test
  void writesAllTablesWhole() throws Exception {
    LoaderProcess.Result load = LoaderProcess.load(directory, "--scale", "0.01");
    assertThat(load.status()).as(load.output()).isZero();
    assertThat(load.output()).contains("lineitem: 60,175 rows").contains("done, 86,805 rows");

    LoaderProcess.Result read = LoaderProcess.readBack(directory);
    assertThat(read.output().lines())
        .contains(
            "customer=1500",
            "orders=15000",
            "lineitem=60175",
            "part=2000",
            "partsupp=8000",
            "supplier=100",
            "nation=25",
            "region=5",
            "urgent=6085",
            "first=Record(1, 1552, 93, 1, 17.00, 24710.35, 0.04, 0.02, N, O, 1996-03-13,"
                + " 1996-02-12, 1996-03-22, DELIVER IN PERSON, TRUCK, egular courts above the)");
    assertThat(filesNamed(".crc")).isZero();
  }

  @Test
  void repeatsWhatIsMissingAndLeavesTheRestAlone() throws Exception {
    assertThat(LoaderProcess.load(directory, "--scale", "0.001").status()).isZero();
    long files = filesNamed(".parquet");
    // As after a crash between two commits: data files are there, the table is not.
    dropFromCatalog("partsupp");

    LoaderProcess.Result again = LoaderProcess.load(directory, "--scale", "0.0010");
    assertThat(again.status()).as(again.output()).isZero();
    assertThat(again.output())
        .contains("lineitem: already there")
        .contains("partsupp: 800 rows")
        .contains("done, 800 rows");
    assertThat(filesNamed(".parquet")).as("leftovers are gone").isEqualTo(files);

    LoaderProcess.Result other = LoaderProcess.load(directory, "--scale", "0.01");
    assertThat(other.status()).isEqualTo(4);
    assertThat(other.output()).contains("exists at scale 0.001, and scale 0.01 was asked for");
  }

  @Test
  void putsEachMonthIntoFilesOfItsOwn() throws Exception {
    LoaderProcess.Result result = LoaderProcess.writePartitioned(directory);
    // Orders are dated from January 1992 to August 1998 (TPC-H 4.2.3).
    assertThat(result.output().lines()).contains("written=1500", "files=80", "january=true");
  }

  @Test
  void refusesWhatItCannotUse() throws Exception {
    LoaderProcess.Result scale = LoaderProcess.load(directory, "--scale", "-1");
    assertThat(scale.status()).isEqualTo(2);
    assertThat(scale.output()).contains("--scale takes a number above 0").contains("Usage:");
    assertThat(directory.resolve("warehouse")).doesNotExist();
  }

  private void dropFromCatalog(String table) throws Exception {
    try (Connection connection = DriverManager.getConnection(LoaderProcess.uri(directory));
        Statement statement = connection.createStatement()) {
      int rows =
          statement.executeUpdate(
              "delete from iceberg_tables where table_name = '%s'".formatted(table));
      assertThat(rows).isEqualTo(1);
    }
  }

  private long filesNamed(String suffix) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(suffix)).count();
    }
  }
}
