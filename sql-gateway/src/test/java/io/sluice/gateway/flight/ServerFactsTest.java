package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.flight.SqlInfoValue.Text;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
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
        ServerFacts.of(FlightDoorSettings.at(new InetSocketAddress(0), "1.2.3"));
    assertThat(facts.keySet()).containsExactlyElementsOf(codes);
    assertThat(facts.get(SqlInfo.SQL_CATALOG_TERM_VALUE)).isEqualTo(new Text("catalog"));
    assertThat(facts.get(SqlInfo.SQL_IDENTIFIER_QUOTE_CHAR_VALUE)).isEqualTo(new Text("`"));
  }
}
