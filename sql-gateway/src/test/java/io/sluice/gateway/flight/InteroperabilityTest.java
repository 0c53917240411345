package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thirty defects that other Flight SQL servers had with these clients, each with the test that
 * would find it here. That test is elsewhere; this one keeps the list true.
 */
class InteroperabilityTest {

  private enum Defect {
    NO_ENDPOINT(1, "flight.FlightClientTest#theStreamHasTheAdvertisedSchemaBitForBit"),
    NO_DATASET_SCHEMA(2, "flight.FlightProtocolTest#preparingTellsWhetherItIsAnUpdate"),
    NO_PARAMETER_SCHEMA(3, "flight.JdbcDriverTest#parametersOfEveryTypeArriveAsLiterals"),
    EMPTY_BATCH_ENDS_THE_STREAM(4, "flight.JdbcDriverTest#emptyBatchesInBetweenAreLeftOut"),
    LOCATIONS(5, "flight.FlightClientTest#theStreamHasTheAdvertisedSchemaBitForBit"),
    METADATA_NAMES(6, "flight.OdbcSequenceTest#theTreeIsListedLevelByLevelAndNoCatalogIsNull"),
    METADATA_TICKETS(7, "flight.OdbcSequenceTest#theTreeIsListedLevelByLevelAndNoCatalogIsNull"),
    NO_COLUMN_NAMES(8, "flight.JdbcDriverTest#anEmptyResultHasColumnsAndNoRows"),
    METADATA_SCHEMAS(9, "flight.OdbcSequenceTest#allFactsComeAtOnceAndSayCatalog"),
    NULLABILITY_OF_AGGREGATES(10, "endtoend.TypesTest#arrivesAsItWas"),
    NULLABILITY(11, "flight.FlightClientTest#theStreamHasTheAdvertisedSchemaBitForBit"),
    LOGICAL_AND_PHYSICAL_SCHEMA(12, "endtoend.TypesTest#arrivesAsItWas"),
    INCLUDE_SCHEMA(
        13, "flight.OdbcSequenceTest#columnsComeAsASchemaThatReadsBackAndOnlyWhenAskedFor"),
    TABLE_SCHEMA_ENCODING(
        14, "flight.OdbcSequenceTest#columnsComeAsASchemaThatReadsBackAndOnlyWhenAskedFor"),
    ZONED_TIMESTAMPS(15, "flight.JdbcDriverTest#everyColumnTypeArrivesAsItWas"),
    ZONED_TIMESTAMPS_IN_ODBC(16, "endtoend.TypesTest#arrivesAsItWas"),
    COMPRESSION(17, "endtoend.TypesTest#arrivesAsItWas"),
    SQL_INFO(18, "flight.JdbcMetadataTest#everyGetterAnswers"),
    TRUST_STORE(
        19, "flight.FlightTlsTest#driversConnectWithTheAuthorityAndNotWithoutOrInPlaintext"),
    COOKIES(20, "flight.FlightLoginTest#aPasswordOnEveryCallSharesOneSessionPerConnection"),
    DROPPED_HEADERS(21, "flight.FlightLoginTest#everyCallNeedsALogin"),
    LARGE_BATCHES(22, "endtoend.TypesTest#aClientThatTakesSixteenMegabytesGetsLargeResults"),
    LEAKED_HANDLES(23, "flight.BoundedHandlesTest#theOneUnusedForLongestGoesFirst"),
    INITIAL_CATALOG(24, "flight.JdbcDriverTest#theUrlChoosesACatalogThatMayBeSeen"),
    HANDLES_OF_ONE_EXECUTION(25, "flight.JdbcDriverTest#aPreparedStatementRunsManyTimes"),
    NO_BINDING(26, "flight.JdbcDriverTest#parametersOfEveryTypeArriveAsLiterals"),
    TLS_WITHOUT_ALPN(27, "flight.FlightTlsTest#itSpeaksHttp2ByAlpnAndNothingOld"),
    DOUBLED_COOKIES_AND_WIDTHS(28, "flight.OdbcSequenceTest#connectingGivesATokenAndNoCookie"),
    NULL_CATALOG(29, "flight.OdbcSequenceTest#theTreeIsListedLevelByLevelAndNoCatalogIsNull"),
    EVICTED_TOKENS(30, "flight.JdbcDriverTest#aSessionThatHasExpiredSaysSo");

    private final int number;
    private final String test;

    Defect(int number, String test) {
      this.number = number;
      this.test = test;
    }
  }

  @ParameterizedTest
  @EnumSource
  void hasItsTest(Defect defect) throws ClassNotFoundException {
    String[] parts = defect.test.split("#");
    Class<?> tests =
        Class.forName(
            "io.sluice.gateway." + parts[0], false, InteroperabilityTest.class.getClassLoader());
    assertThat(Arrays.stream(tests.getDeclaredMethods()).map(method -> method.getName()))
        .contains(parts[1]);
  }

  @Test
  void thereAreThirty() {
    Set<Integer> numbers = new TreeSet<>();
    for (Defect defect : Defect.values()) {
      numbers.add(defect.number);
    }
    assertThat(numbers).hasSize(30).contains(1, 30);
  }
}
