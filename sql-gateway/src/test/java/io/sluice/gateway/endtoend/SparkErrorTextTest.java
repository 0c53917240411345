package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client reads of Spark's errors, over data that shows when any of it gets into a text. */
class SparkErrorTextTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static String failure(String user, String sql) {
    return failure(GATEWAY.shared(user), sql);
  }

  private static String failure(Connection connection, String sql) {
    Throwable failure =
        catchThrowable(
            () -> {
              try (Statement statement = connection.createStatement()) {
                if (statement.execute(sql)) {
                  while (statement.getResultSet().next()) {
                    // The error may come with any row.
                  }
                }
              }
            });
    assertThat(failure).as(sql).isInstanceOf(SQLException.class);
    return String.valueOf(failure.getMessage());
  }

  private static void holdsNothingOfSparksOwn(String text) {
    assertThat(text)
        .doesNotContain("==", "_sluice_", "TABLESAMPLE", "+-", "'Project", "org.apache", "\n\tat ")
        .doesNotContain(GATEWAY.demo().warehouse().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "select cast(c_phone as int) from customer|CAST_INVALID_INPUT|22018|line 1, column 8",
        "select c_name, 1 / (c_custkey - c_custkey) from customer|DIVIDE_BY_ZERO|22012|line 1, column 16",
        "select raise_error(o_comment) from orders|USER_RAISED_EXCEPTION|P0001|",
        "select element_at(array(o_clerk), 7) from orders|INVALID_ARRAY_INDEX_IN_ELEMENT_AT|22003|line 1, column 8",
        "select nosuch from orders|UNRESOLVED_COLUMN.WITH_SUGGESTION|42703|line 1, column 8",
        "select o_clerk + array(1) from orders|DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES|42K09|line 1, column 8",
      })
  void underARestrictionOnlyClassStateAndPlaceAreTold(
      String sql, String errorClass, String state, String place) {
    String text = failure("analyst", sql);
    assertThat(text).contains("[" + errorClass + "] ", "SQLSTATE " + state, "is withheld");
    if (place != null) {
      assertThat(text).contains("(" + place + ")");
    }
    assertThat(text).doesNotContain("xx-", "Clerk#", "o_orderpriority", "URGENT", "o_custkey");
    holdsNothingOfSparksOwn(text);
  }

  @Test
  void anAdministratorReadsSparksWords() {
    String text = failure("admin", "select cast(c_name as int) from customer");
    assertThat(text).contains("[CAST_INVALID_INPUT]", "Customer#", "(line 1, column 8)");
    holdsNothingOfSparksOwn(text);
  }

  @Test
  void withoutARestrictionTheWordsStayAndSuggestWhatTheUserMayRead() {
    String text = failure("analyst", "select\n  cast(n_name as int) from nation");
    assertThat(text).contains("cannot be cast", "(line 2, column 3)");
    holdsNothingOfSparksOwn(text);
    text = failure("analyst", "select n_nam from nation");
    assertThat(text).contains("`n_name`", "(line 1, column 8)");
    holdsNothingOfSparksOwn(text);
  }

  @Test
  void aPlaceBehindAReplacedNameIsThatOfTheUsersText() {
    assertThat(failure("analyst", "select * from (select 1 from nation, orders)\nwhere 1 / 0 = 1"))
        .contains("[DIVIDE_BY_ZERO]", "(line 2, column 7)");
  }

  @Test
  void aDefinitionTellsNoColumnsOfWhatItsSenderMayNotRead() throws SQLException {
    try (Connection analyst = GATEWAY.connect("analyst");
        ChangedPolicies policies =
            ChangedPolicies.in(GATEWAY)
                .apply(
                    Policy.allow("tpch.nation.*", Policy.users("analyst")),
                    Policy.access(
                        "tpch.supplier.*",
                        "\"policyItems\":[{%s,\"accesses\":[{\"type\":\"alter\"}]}]"
                            .formatted(Policy.users("analyst"))))) {
      assertThat(policies).isNotNull();
      String text = failure(analyst, "alter table supplier add column s_name string");
      assertThat(text).contains("is withheld").doesNotContain("s_acctbal", "s_suppkey");
      holdsNothingOfSparksOwn(text);
    }
  }
}
