package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.Analysis;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationStatementsTest {

  private final MetadataFixture session = new MetadataFixture();

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "SET spark.sql.shuffle.partitions=7 # spark.sql.shuffle.partitions # 7",
        "set  spark.sql.shuffle.partitions =  7  ; # spark.sql.shuffle.partitions # 7",
        "SET `spark.sql.shuffle.partitions` = 7 # spark.sql.shuffle.partitions # 7",
        "SET `spark.sql.shuffle.partitions` = `7` # spark.sql.shuffle.partitions # 7",
        "SET spark.sql.shuffle.partitions = `7` # spark.sql.shuffle.partitions # 7",
        "SET spark.sql.adaptive.enabled = FALSE # spark.sql.adaptive.enabled # FALSE",
        "SET spark.sql.autoBroadcastJoinThreshold=-1 # spark.sql.autoBroadcastJoinThreshold # -1",
        "SET spark.sql.autoBroadcastJoinThreshold=10MB # spark.sql.autoBroadcastJoinThreshold # 10MB",
        "SET spark.sql.autoBroadcastJoinThreshold=1g # spark.sql.autoBroadcastJoinThreshold # 1g",
        "SET spark.sql.broadcastTimeout=600s # spark.sql.broadcastTimeout # 600s",
        "SET spark.sql.session.timeZone=Europe/Berlin # spark.sql.session.timeZone # Europe/Berlin",
        "SET sluice.result.maxRows=1000 # sluice.result.maxRows # 1000",
        "SET sluice.result.maxBytes=2m # sluice.result.maxBytes # 2097152",
        "SET sluice.result.maxBytes=1T # sluice.result.maxBytes # 1099511627776",
        "SET sluice.result.stallTimeout=30s # sluice.result.stallTimeout # 30",
        "SET sluice.statement.timeout=86400 # sluice.statement.timeout # 86400",
        "SET sluice.result.compression=ZSTD # sluice.result.compression # zstd",
        "SET `sluice.result.compression`=`none` # sluice.result.compression # none",
        "SET sluice.cluster=loads # sluice.cluster # loads",
        "SET sluice.tags=team:bi, nightly # sluice.tags # team:bi,nightly",
        "SET TIME ZONE '+02:00' # spark.sql.session.timeZone # +02:00",
        "SET TIME ZONE \"GMT+1\" # spark.sql.session.timeZone # GMT+1"
      })
  void setsWhatIsAllowed(String sql, String key, String value) {
    assertThat(session.analyze(sql)).contains(new Analysis.SetConfiguration(key, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.ansi.enabled",
        "spark.sql.caseSensitive",
        "spark.sql.parser.quotedRegexColumnNames",
        "spark.sql.parser.escapedStringLiterals",
        "spark.sql.variable.substitute",
        "spark.sql.runSQLOnFiles",
        "spark.sql.legacy.setopsPrecedence.enabled",
        "spark.sql.optimizer.excludedRules",
        "spark.sql.adaptive.optimizer.excludedRules",
        "spark.sql.adaptive.customCostEvaluatorClass",
        "spark.sql.catalog.lake",
        "spark.sql.catalog.lake.uri",
        "spark.sql.defaultCatalog",
        "spark.sql.extensions",
        "spark.sql.execution.arrow.maxRecordsPerBatch",
        "spark.connect.grpc.binding.port",
        "spark.wap.id",
        "spark.wap.branch",
        "spark.sql.SHUFFLE.partitions",
        "hivevar:x",
        "mapred.reduce.tasks",
        "x"
      })
  void refusesEveryOtherKeyInEveryForm(String key) {
    for (String sql :
        new String[] {
          "SET %s",
          "SET %s=true",
          "SET `%s`",
          "SET `%s`=true",
          "SET `%s`=`1`",
          "SET %s=`1`",
          "RESET %s",
          "RESET `%s`"
        }) {
      session
          .refusal(sql.formatted(key), ErrorCode.CONFIGURATION_NOT_ALLOWED)
          .hasMessageContaining(key);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET spark.sql.shuffle.partitions=",
        "SET spark.sql.shuffle.partitions=0",
        "SET spark.sql.shuffle.partitions=-1",
        "SET spark.sql.shuffle.partitions=abc",
        "SET spark.sql.shuffle.partitions=10001",
        "SET spark.sql.shuffle.partitions=99999999999999999999",
        "SET spark.sql.shuffle.partitions=3 -- three",
        "SET spark.sql.shuffle.partitions=`3;4`",
        "SET spark.sql.adaptive.enabled=1",
        "SET spark.sql.adaptive.enabled=",
        "SET spark.sql.autoBroadcastJoinThreshold=10 mb",
        "SET spark.sql.autoBroadcastJoinThreshold=2g",
        "SET spark.sql.autoBroadcastJoinThreshold=1t",
        "SET spark.sql.autoBroadcastJoinThreshold=999999999999999g",
        "SET spark.sql.adaptive.advisoryPartitionSizeInBytes=-1",
        "SET spark.sql.adaptive.advisoryPartitionSizeInBytes=1x",
        "SET spark.sql.broadcastTimeout=3601",
        "SET spark.sql.adaptive.skewJoin.skewedPartitionFactor=much",
        "SET sluice.result.maxRows=0",
        "SET sluice.result.maxRows=-1",
        "SET sluice.result.maxRows=9999999999999999",
        "SET sluice.result.maxBytes=0",
        "SET sluice.result.maxBytes=-1",
        "SET sluice.result.maxBytes=2t",
        "SET sluice.result.stallTimeout=0",
        "SET sluice.statement.timeout=1m",
        "SET sluice.statement.timeout=31536001",
        "SET sluice.cluster=",
        "SET sluice.cluster=../x",
        "SET sluice.tags=a,,b",
        "SET sluice.result.compression=lz4",
        "SET sluice.result.compression=",
        "SET spark.sql.session.timeZone=Nowhere/Land",
        "SET TIME ZONE ''",
        "SET TIME ZONE '${env:HOME}'"
      })
  void refusesValuesThatTheKeyDoesNotTake(String sql) {
    session.refusal(sql, ErrorCode.CONFIGURATION_NOT_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET hello world",
        "SET spark.sql.shuffle.partitions=1; SET spark.sql.ansi.enabled=true",
        "SET spark.sql.shuffle.partitions=3; -- three",
        "SET /* spark.sql.ansi.enabled=true */ spark.sql.shuffle.partitions=3",
        "SET \u0130=1",
        "RESET hello world",
        "RESET spark.sql.shuffle.partitions spark.sql.ansi.enabled"
      })
  void refusesOtherForms(String sql) {
    session.refusal(sql, ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SET TIME ZONE LOCAL", "SET TIME ZONE INTERVAL 1 HOUR", "SET TIME ZONE ?"})
  void refusesOtherTimeZones(String sql) {
    session.refusal(sql, ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void readsWhatTheSessionHasSet() {
    session.having(
        Map.of("spark.sql.shuffle.partitions", "7", "spark.sql.adaptive.enabled", "false"));

    assertThat(session.columns("SET spark.sql.shuffle.partitions")).containsExactly("key", "value");
    assertThat(session.rows("SET spark.sql.shuffle.partitions;"))
        .containsExactly("spark.sql.shuffle.partitions|7");
    assertThat(session.rows("SET `spark.sql.session.timeZone`"))
        .containsExactly("spark.sql.session.timeZone|<undefined>");
    assertThat(session.rows("SET"))
        .containsExactly("spark.sql.adaptive.enabled|false", "spark.sql.shuffle.partitions|7");
    assertThat(session.columns("SET -v"))
        .containsExactly("key", "value", "meaning", "Since version");
    assertThat(session.rows("SET -v;"))
        .containsExactly("spark.sql.adaptive.enabled|false||", "spark.sql.shuffle.partitions|7||");
  }

  @Test
  void resets() {
    assertThat(session.analyze("RESET"))
        .contains(new Analysis.ResetConfiguration(Optional.empty()));
    assertThat(session.analyze("RESET ;"))
        .contains(new Analysis.ResetConfiguration(Optional.empty()));
    Optional<Analysis> one =
        Optional.of(new Analysis.ResetConfiguration(Optional.of("spark.sql.shuffle.partitions")));
    assertThat(session.analyze("RESET spark.sql.shuffle.partitions")).isEqualTo(one);
    assertThat(session.analyze("RESET `spark.sql.shuffle.partitions`")).isEqualTo(one);
  }

  @Test
  void forcingIsForAdministratorsAlone() {
    String key = "sluice.forcePolicyObjectChanges";
    assertThat(session.as("admin").analyze("SET " + key + "=true"))
        .contains(new Analysis.SetConfiguration(key, "true"));
    session.refusal("SET " + key + "=perhaps", ErrorCode.CONFIGURATION_NOT_ALLOWED);
    for (String sql :
        new String[] {
          "SET " + key + "=true", "SET `" + key + "` = `true`", "SET `" + key + "`=false"
        }) {
      session
          .as("analyst")
          .refusal(sql, ErrorCode.CONFIGURATION_NOT_ALLOWED)
          .hasMessage("The setting " + key + " is for administrators alone");
    }
    assertThat(session.as("analyst").analyze("RESET " + key))
        .contains(new Analysis.ResetConfiguration(Optional.of(key)));
  }
}
