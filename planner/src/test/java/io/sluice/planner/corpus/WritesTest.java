package io.sluice.planner.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.corpus.CorpusReadings.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The corpus has few writes but INSERT, and no scripts, so its queries are put into writes of every
 * kind and into scripts: what the planner finds there to be read and written is what stands in
 * Spark's plan. The system property {@code sluice.corpus.writes} says how many of the queries are
 * left out for each that is taken.
 */
class WritesTest {

  private static final int STEP = Integer.getInteger("sluice.corpus.writes", 12);

  private static final List<String> FORMS =
      List.of(
          "INSERT INTO lake.w.target Q",
          "INSERT OVERWRITE w.target (a, b) Q",
          "INSERT INTO target REPLACE WHERE a = (SELECT max(x) FROM more.t) Q",
          "UPDATE w.target AS t SET a = 1, b = (SELECT max(b) FROM more.t) WHERE EXISTS (Q)",
          "DELETE FROM target WHERE a IN (SELECT 1 FROM (Q))",
          "MERGE INTO w.target t USING (Q) s ON t.a = s.a WHEN MATCHED AND EXISTS (TABLE more.t)"
              + " THEN UPDATE SET a = 2 WHEN NOT MATCHED THEN INSERT *",
          "MERGE INTO target USING more.t AS s ON target.a = s.a AND EXISTS (Q)"
              + " WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN DELETE",
          "CREATE TABLE lake.w.made USING iceberg AS Q",
          "CREATE OR REPLACE TABLE made AS Q",
          "CREATE VIEW lake.w.made AS Q",
          "CREATE OR REPLACE TEMPORARY VIEW made (a) AS Q",
          "DESCRIBE QUERY Q",
          "WITH c AS (Q) INSERT INTO w.target SELECT * FROM c, more.t",
          "FROM (Q) q INSERT INTO target SELECT 1 INSERT INTO w.other SELECT 2 WHERE true",
          "DECLARE OR REPLACE VARIABLE a, b INT DEFAULT 1 + (Q)",
          "SET VARIABLE a = EXISTS (Q), b = (SELECT max(x) FROM more.t)",
          "SET VAR (a, session.b) = (Q)",
          "BEGIN DECLARE a, b INT DEFAULT (Q); SET a = (Q), b = 1; SET (a, b) = (Q); Q; END",
          "BEGIN l: FOR r AS Q DO INSERT INTO target Q; LEAVE l; END FOR l; FOR Q DO SELECT 1; END FOR;"
              + " WHILE EXISTS (Q) DO TABLE more.t; END WHILE; END",
          "BEGIN DECLARE c CONDITION FOR SQLSTATE '12345'; DECLARE EXIT HANDLER FOR SQLEXCEPTION, c Q;"
              + " IF EXISTS (Q) THEN Q; ELSEIF 1 = (Q) THEN TABLE more.t; ELSE BEGIN Q; END; END IF; END;",
          "BEGIN CASE WHEN EXISTS (Q) THEN Q; ELSE SELECT 1; END CASE; CASE (Q) WHEN (Q) THEN Q; END"
              + " CASE; REPEAT DELETE FROM w.target; UNTIL EXISTS (Q) END REPEAT; m: LOOP Q; ITERATE m;"
              + " END LOOP; END");

  @Test
  void writesNameTheRelationsOfSparksPlan() {
    List<String> texts = new ArrayList<>();
    List<Reading> queries =
        CorpusReadings.accepted()
            .filter(reading -> reading.planner() instanceof PlannerReading.Query)
            .filter(reading -> !reading.text().regionMatches(true, 0, "explain", 0, 7))
            .toList();
    for (int query = 0; query < queries.size(); query += STEP) {
      String form = FORMS.get(query / STEP % FORMS.size());
      texts.add(form.replace("Q", queries.get(query).text()));
    }
    List<Reading> readings = Reading.all(texts);
    Map<String, Long> outcomes =
        CorpusReadings.count(readings.stream(), reading -> reading.comparison().outcome());
    CorpusReadings.record("writes.txt", outcomes);
    assertThat(
            readings.stream()
                .filter(reading -> reading.comparison().difference().isPresent())
                .map(Reading::describeDifference))
        .isEmpty();
    assertThat(
            outcomes.entrySet().stream()
                .filter(outcome -> outcome.getKey().startsWith("served: "))
                .mapToLong(Map.Entry::getValue)
                .sum())
        .isGreaterThan(texts.size() * 6L / 10);
    for (String kind :
        List.of(
            "INSERT INTO",
            "UPDATE",
            "DELETE FROM",
            "MERGE INTO",
            "CREATE VIEW",
            "a variable",
            "a script")) {
      assertThat(outcomes).containsKey("served: " + kind);
    }
  }
}
