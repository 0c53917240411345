package io.sluice.planner.relation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.parse.SparkParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What people write is served: each line holds forms that Spark 4.1.2 accepts. */
class QueryFormsTest {

  private static final SparkParser PARSER = new SparkParser(InstantSource.system());

  static Stream<String> forms() throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(QueryFormsTest.class.getResourceAsStream("forms.sql"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines();
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void isServed(String sql) {
    var statement =
        (StatementDefaultContext) PARSER.statement(sql).tree().singleStatement().statement();
    QueryFacts facts = QueryInspector.inspect(statement.query());
    assertThat(facts.relations())
        .allSatisfy(relation -> assertThat(relation.parts().get(0)).matches("[a-z]"));
  }
}
