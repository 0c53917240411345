package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.flight.SqlInfoValue.Bits;
import io.sluice.gateway.flight.SqlInfoValue.Count;
import io.sluice.gateway.flight.SqlInfoValue.Flag;
import io.sluice.gateway.flight.SqlInfoValue.Text;
import io.sluice.gateway.flight.SqlInfoValue.Texts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.junit.jupiter.api.Test;

class ServerFactsTest {

  @Test
  void everyCodeOfTheProtocolHasAValue() {
    Set<Integer> codes = new TreeSet<>();
    for (SqlInfo code : SqlInfo.values()) {
      if (code != SqlInfo.UNRECOGNIZED) {
        codes.add(code.getNumber());
      }
    }
    SortedMap<Integer, SqlInfoValue> facts =
        ServerFacts.of(
            FlightDoorSettings.at(
                new InetSocketAddress(0), "1.2.3", Duration.ofMinutes(5), 256L << 20));
    assertThat(facts.keySet()).containsExactlyElementsOf(codes);
    assertThat(facts.get(SqlInfo.SQL_CATALOG_TERM_VALUE)).isEqualTo(new Text("catalog"));
    assertThat(facts.get(SqlInfo.SQL_IDENTIFIER_QUOTE_CHAR_VALUE)).isEqualTo(new Text("`"));
  }

  private static final FlightDoorSettings SETTINGS =
      FlightDoorSettings.at(new InetSocketAddress(0), "1.2.3", Duration.ofMinutes(5), 256L << 20);

  private static SqlInfoValue fact(SqlInfo code) {
    return Objects.requireNonNull(ServerFacts.of(SETTINGS).get(code.getNumber()));
  }

  @Test
  void versionsAreThoseOfSluiceAndOfTheLibrary() {
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_VERSION)).isEqualTo(new Text("1.2.3"));
    Text arrow = (Text) fact(SqlInfo.FLIGHT_SQL_SERVER_ARROW_VERSION);
    assertThat(FlightSqlClient.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .endsWith("-" + arrow.value() + ".jar");
  }

  @Test
  void keywordsAreSparks() {
    Set<String> words = new TreeSet<>();
    for (int token = 0; token <= SqlBaseLexer.VOCABULARY.getMaxTokenType(); token++) {
      String literal = SqlBaseLexer.VOCABULARY.getLiteralName(token);
      String name = SqlBaseLexer.VOCABULARY.getSymbolicName(token);
      // A keyword with a synonym has a name alone.
      if (literal != null || name != null) {
        words.add(literal == null ? name : literal.replace("'", ""));
      }
    }
    assertThat(words).containsAll(((Texts) fact(SqlInfo.SQL_KEYWORDS)).values());
  }

  @Test
  void whatTheProtocolAsksOfTransactionsPlansAndHandlesIsAsTheDoorDoesIt() {
    // Numbers, not masks, though the JDBC driver takes them for such.
    assertThat(fact(SqlInfo.SQL_NULL_ORDERING)).isEqualTo(new Bits(1));
    // What the ODBC driver makes SQL_IC_SENSITIVE of; 1 would be SQL_IC_MIXED, which is untrue.
    assertThat(fact(SqlInfo.SQL_IDENTIFIER_CASE)).isEqualTo(new Bits(0));
    assertThat(fact(SqlInfo.SQL_QUOTED_IDENTIFIER_CASE)).isEqualTo(new Bits(0));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION)).isEqualTo(new Bits(0));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT)).isEqualTo(new Bits(0));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_SUBSTRAIT)).isEqualTo(new Flag(false));
    assertThat(fact(SqlInfo.SQL_MAX_CONNECTIONS)).isEqualTo(new Count(1000));
    assertThat(fact(SqlInfo.SQL_MAX_STATEMENTS)).isEqualTo(new Count(SETTINGS.mostHandles()));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_CANCEL)).isEqualTo(new Flag(true));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_BULK_INGESTION)).isEqualTo(new Flag(true));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED))
        .isEqualTo(new Flag(false));
    assertThat(fact(SqlInfo.FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT))
        .isEqualTo(new Bits((int) SETTINGS.preparedLifetime().toMillis()));
  }
}
