package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.SessionSettings;
import io.sluice.planner.SourceMap;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.ValueSource;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What an auditor reads in the journal's lines. */
class JournalTest extends StatementServiceFixture {

  private final Logger lines = (Logger) LoggerFactory.getLogger("io.sluice.journal");
  private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

  @BeforeEach
  void listen() {
    appender.start();
    lines.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    lines.detachAppender(appender);
  }

  private List<JsonNode> lines() throws JsonProcessingException {
    List<JsonNode> all = new ArrayList<>();
    for (ILoggingEvent line : List.copyOf(appender.list)) {
      all.add(new ObjectMapper().readTree(line.getFormattedMessage()));
    }
    return all;
  }

  @Test
  void aWriteTellsWhatItWritesAndUnderWhichPoliciesItReads() throws JsonProcessingException {
    analysis =
        new Analysis.SparkQuery(
            "insert",
            List.of(
                new Analysis.RelationUse(
                    new TableName("lake", "tpch", "customer"), "u", 0, true, List.of("5", "6"), 0),
                new Analysis.RelationUse(
                    new TableName("lake", "tpch", "nation"), "v", 0, false, List.of(), 0)),
            true,
            List.of(),
            List.of(),
            true,
            List.of(),
            List.of("lake.scratch.phones"),
            SourceMap.ofOwn("insert"),
            "");
    started(service.submit(session, "insert 'a secret literal'", List.of())).complete();
    assertThat(lines())
        .extracting(line -> line.get("state").asText())
        .containsExactly("RECEIVED", "ANALYZED", "QUEUED", "ROUTED", "RUNNING", "FINISHED");
    JsonNode running = lines().get(4);
    assertThat(running.get("detail").asText()).isEqualTo("one");
    assertThat(running.get("writes").toString()).isEqualTo("[\"lake.scratch.phones\"]");
    assertThat(running.get("reads").toString())
        .isEqualTo(
            "[{\"table\":\"lake.tpch.customer\",\"restricted\":true,\"policies\":[\"5\",\"6\"]},"
                + "{\"table\":\"lake.tpch.nation\",\"restricted\":false,\"policies\":[]}]");
    assertThat(lines().toString()).doesNotContain("secret");
  }

  @Test
  void whatAVariableWasReadFromIsToldWhereItIsNamed() throws JsonProcessingException {
    SessionVariable phone =
        new SessionVariable(
            "Phone",
            "string",
            Optional.empty(),
            "'xx'",
            Set.of(
                new ValueSource(
                    new TableName("lake", "tpch", "customer"),
                    "uuid",
                    List.of(),
                    new TableDecision(
                        true,
                        List.of(),
                        Optional.empty(),
                        Map.of(
                            "c_phone", new TableDecision.ColumnMask("MASK", Optional.empty(), "5")),
                        ""))));
    SessionVariable other = new SessionVariable("other", "int", Optional.empty(), "'1'", Set.of());
    analysis =
        new Analysis.SparkQuery(
            "create table t as select phone",
            List.of(),
            false,
            List.of(),
            List.of(),
            true,
            List.of(),
            List.of("lake.scratch.t"),
            SourceMap.ofOwn("create table t as select phone"),
            "",
            List.of(),
            List.of(phone, other),
            false,
            Optional.empty());
    started(service.submit(session, "create table t as select phone", List.of()));
    // The variables come first.
    for (int run = 0; run < spark.runs.size(); run++) {
      spark.runs.get(run).complete();
    }
    assertThat(lines().get(4).get("variables").toString())
        .isEqualTo(
            "[{\"name\":\"Phone\",\"reads\":[{\"table\":\"lake.tpch.customer\","
                + "\"restricted\":true,\"policies\":[\"5\"]}]}]");
  }

  @Test
  void aStatementTellsWhatItsClientCallsItselfInOneLine() throws JsonProcessingException {
    analysis = query("select 1", true);
    started(service.submit(session, "select 1", List.of())).complete();
    assertThat(lines().get(0).has("client")).isFalse();
    appender.list.clear();
    session.callClient("  evil\n{\"state\":\"FINISHED\"}\u202e" + "x".repeat(200));
    service.submit(session, "select 1", List.of());
    assertThat(lines().get(0).get("client").asText())
        .startsWith("evil {\"state\":\"FINISHED\"} xxx")
        .hasSize(100);
    assertThat(appender.list.get(0).getFormattedMessage()).doesNotContain("\n");
  }

  @Test
  void aStatementTellsTheTagsThatItsSessionHadWhenItCame() throws JsonProcessingException {
    analysis = query("select 1", true);
    started(service.submit(session, "select 1", List.of())).complete();
    assertThat(lines().get(0).has("tags")).isFalse();
    appender.list.clear();
    session.configure(values -> values.put(SessionSettings.TAGS, "dbt,nightly"));
    session.tag(List.of("team=b\"i"));
    service.submit(session, "select 1", List.of());
    session.configure(values -> values.remove(SessionSettings.TAGS));
    assertThat(lines().get(0).get("tags").toString())
        .isEqualTo("[\"team=b\\\"i\",\"dbt\",\"nightly\"]");
    assertThat(journal.recent()).extracting(Journal.Entry::tags).last().asList().hasSize(3);
  }

  @Test
  void aQueryWritesNothing() throws JsonProcessingException {
    analysis = query("select 1", true);
    started(service.submit(session, "select 1", List.of())).complete();
    JsonNode running = lines().get(4);
    assertThat(running.get("reads")).hasSize(1);
    assertThat(running.has("writes")).isFalse();
    assertThat(lines().get(0).get("characters").asInt()).isEqualTo(8);
    assertThat(lines().get(5).get("rows").asInt()).isZero();
  }

  /** A millisecond for each analysis, three for each message on its way; fifty are Spark's. */
  @Test
  void anEndingTellsWhatTheGatewayItselfTook() throws JsonProcessingException {
    planning =
        task -> {
          time.advance(Duration.ofMillis(1));
          task.run();
        };
    service.prepare(session, "select 1");
    Statement statement = service.submit(session, "select 1", List.of());
    RecordingClient client =
        new RecordingClient() {
          @Override
          public void onNext(ResultMessage message) {
            time.advance(Duration.ofMillis(3));
            super.onNext(message);
          }
        };
    statement.result().subscribe(client);
    client.subscription.request(2);
    time.advance(Duration.ofMillis(50));
    RecordedSpark.Run run = spark.runs.get(0);
    run.schema("schema");
    run.batch(1);
    run.complete();
    // It was analysed to prepare it, when it came, and when its client waited for it.
    JsonNode end = lines().get(lines().size() - 1);
    assertThat(end.get("state").asText()).isEqualTo("FINISHED");
    assertThat(end.get("gateway_micros").asLong()).isEqualTo(9_000);
  }
}
