package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What errors of real Spark become. */
@Timeout(90)
class SparkConnectErrorsTest {

  private final SparkFixture spark = SparkFixture.shared();

  private SluiceException failure(String sql) {
    Throwable failure =
        ResultProbe.of(
                spark
                    .backend()
                    .execute(
                        new ExecuteRequest(
                            SparkFixture.session("tester"), UUID.randomUUID(), sql, List.of())))
            .failure();
    assertThat(failure).isInstanceOf(SluiceException.class);
    return (SluiceException) failure;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "selec 1 | PARSE_SYNTAX_ERROR | 42601",
        "select 1 from (select 2 | PARSE_SYNTAX_ERROR | 42601",
        "select 1/0 | DIVIDE_BY_ZERO | 22012",
        "select 1/id from range(3) | DIVIDE_BY_ZERO | 22012",
        "select * from lake.nowhere.nothing | TABLE_OR_VIEW_NOT_FOUND | 42P01",
        "select cast(concat('x', id) as int) from range(3) | CAST_INVALID_INPUT | 22018",
        "select element_at(array(1), 5) | INVALID_ARRAY_INDEX_IN_ELEMENT_AT | 22003",
        "select cast(id + 300 as tinyint) from range(3) | CAST_OVERFLOW | 22003",
        "select nothing from range(3) | UNRESOLVED_COLUMN.WITH_SUGGESTION | 42703",
        "select id from range(3) a, range(3) b | AMBIGUOUS_REFERENCE | 42704",
        "select no_such_function(1) | UNRESOLVED_ROUTINE | 42883",
        "select raise_error('my own') | USER_RAISED_EXCEPTION | P0001",
        "insert into lake.nowhere.nothing values (1) | TABLE_OR_VIEW_NOT_FOUND | 42P01",
      })
  void classAndSqlStateAreSparksAndTheTextQuotesNoStatement(
      String sql, String errorClass, String sqlState) {
    SluiceException failure = failure(sql);
    assertThat(failure.errorClass()).isEqualTo(errorClass);
    assertThat(failure.sqlState()).isEqualTo(sqlState);
    assertThat(failure.code()).isEqualTo(ErrorCode.EXECUTION_FAILED);
    assertThat(failure.getMessage())
        .isNotBlank()
        .doesNotContain(
            "==",
            "SQLSTATE",
            "^^^",
            "pos ",
            "'Project",
            "+-",
            "org.apache",
            "stacktrace",
            "[" + errorClass)
        .doesNotContain("spark.sql.");
  }

  @Test
  void aFileThatIsMissingIsNotNamed() {
    String schema = "lake.s_" + UUID.randomUUID().toString().replace('-', '_');
    spark.run("create namespace " + schema);
    spark.run("create table " + schema + ".t (id bigint) using iceberg");
    spark.run("insert into " + schema + ".t values (1)");
    List<Object> files = spark.run("select file_path from " + schema + ".t.files").column();
    assertThat(URI.create(String.valueOf(files.get(0))).getPath())
        .satisfies(path -> assertThat(new File(path).delete()).isTrue());
    SluiceException failure = failure("select * from " + schema + ".t");
    assertThat(failure.getMessage()).doesNotContain(spark.warehouse().toString(), ".parquet");
    spark.run("drop table " + schema + ".t");
    spark.run("drop namespace " + schema);
  }

  @Test
  void theServerTakesNobodyWithoutItsToken() {
    ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
    SparkEndpoint wrong = new SparkEndpoint("127.0.0.1", spark.endpoint().port(), "guess");
    try (SparkConnectBackend stranger = SparkConnectBackend.connect(wrong, executor, executor)) {
      assertThat(stranger.version(SparkFixture.session("tester")))
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableThat()
          .withCauseInstanceOf(SluiceException.class)
          .withMessageContaining("does not accept the gateway's key");
    } finally {
      executor.shutdownNow();
    }
  }
}
