package io.sluice.planner.columns;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.TpchQueries;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The 22 queries of TPC-H with the parameters of its validation run. */
class TpchTest {

  @ParameterizedTest
  @MethodSource("numbers")
  void onlyTheTenthUsesTheCustomersAddress(int number) {
    ColumnUseFixture query = ColumnUseFixture.sql(query(number)).denying("customer.c_address");
    if (number == 10) {
      query.uses("customer.c_address");
    } else {
      query.usesNone();
    }
  }

  /** No two columns of TPC-H share a name: a column is used when its name is a word of the text. */
  @ParameterizedTest
  @MethodSource("numbers")
  void columnsAreUsedWhereTheyAreNamed(int number) {
    String text = query(number).toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    ParserRuleContext statement = SparkText.parse(text);
    Map<ParserRuleContext, ReadTable> relations = ColumnUseFixture.sql(text).relations(statement);
    Set<String> words = new HashSet<>(List.of(text.split("\\W+")));
    for (TableMetadata table :
        relations.values().stream().map(ReadTable::table).distinct().toList()) {
      if (text.contains("select * from " + table.name().table())) {
        continue;
      }
      for (String column : table.columnNames()) {
        ColumnUseFixture query =
            ColumnUseFixture.sql(text).denying(table.name().table() + "." + column);
        assertThat(query.find().isPresent()).as(column).isEqualTo(words.contains(column));
      }
    }
  }

  @Test
  void starsUseAllColumns() {
    ColumnUseFixture.sql(query(4)).denying("lineitem.l_comment").uses("lineitem.l_comment");
    ColumnUseFixture.sql(query(22)).denying("orders.o_comment").uses("orders.o_comment");
  }

  static IntStream numbers() {
    return IntStream.rangeClosed(1, 22);
  }

  static String query(int number) {
    return TpchQueries.all().get(number - 1);
  }
}
