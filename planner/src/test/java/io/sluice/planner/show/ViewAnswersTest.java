package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.policy.TableDecision;
import io.sluice.planner.policy.TableDecision.RowFilter;
import io.sluice.planner.view.ViewColumn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

class ViewAnswersTest {

  private final MetadataFixture lake =
      new MetadataFixture()
          .havingView(
              "Mine",
              new ViewColumn(
                  "a", Optional.of("x"), "tinyint", Types.IntegerType.get(), Optional.empty()),
              new ViewColumn(
                  "b c",
                  Optional.of("y"),
                  "interval day to second",
                  Types.StringType.get(),
                  Optional.of("it's")));

  @Test
  void temporaryViewsAreListedWithoutANamespace() {
    assertThat(lake.rows("SHOW VIEWS IN hr LIKE '*'"))
        .containsExactly("hr|names|false", "|Mine|true");
    assertThat(lake.rows("SHOW TABLES IN hr")).containsExactly("hr|pay|false", "|Mine|true");
    assertThat(lake.rows("SHOW TABLES IN hr LIKE 'mi*'")).containsExactly("|Mine|true");
  }

  @Test
  void aTemporaryViewIsDescribedAsSparkAnalysedIt() {
    assertThat(lake.rows("DESCRIBE mine"))
        .containsExactly("a|tinyint|null", "b c|interval day to second|it's");
    assertThat(lake.rows("DESCRIBE EXTENDED MINE"))
        .contains(
            "# Detailed View Information||",
            "Comment|the words|",
            "View Catalog and Namespace|lake.tpch|");
    assertThat(lake.rows("SHOW COLUMNS IN mine")).containsExactly("a", "b c");
    assertThat(lake.rows("SHOW TBLPROPERTIES mine")).isEmpty();
    assertThat(lake.rows("SHOW CREATE TABLE mine"))
        .containsExactly(
            "CREATE TEMPORARY VIEW Mine (\n  a,\n  `b c` COMMENT 'it\\'s')\nCOMMENT 'the words'\nAS\n"
                + "select 1\n");
  }

  @Test
  void aTemporaryViewHidesATable() {
    lake.havingView(
        "Nation",
        new ViewColumn("z", Optional.of("z"), "int", Types.IntegerType.get(), Optional.empty()));
    assertThat(lake.rows("DESCRIBE Nation")).containsExactly("z|int|null");
    assertThat(lake.rows("DESCRIBE tpch.Nation"))
        .containsExactly("n_nationkey|string|null", "n_name|string|null");
  }

  @Test
  void aViewOfACatalogIsDescribedToWhomItIsGranted() {
    assertThat(lake.rows("DESCRIBE hr.names")).containsExactly("a|string|", "b c|string|");
    assertThat(lake.rows("DESCRIBE EXTENDED hr.names"))
        .contains("Comment|a view|", "View Properties|[owner=ann]|");
    assertThat(lake.rows("SHOW TBLPROPERTIES hr.names")).containsExactly("owner|ann");
    assertThat(lake.rows("SHOW CREATE TABLE hr.names").get(0))
        .startsWith("CREATE VIEW lake.hr.names (")
        .endsWith("AS\nselect a, b from t\n");
    lake.as("analyst").refusal("DESCRIBE hr.names", ErrorCode.PERMISSION_DENIED);
    lake.refusal("SHOW CREATE TABLE hr.names", ErrorCode.PERMISSION_DENIED);
  }

  /** Tools ask this of a whole schema, and replace and drop views as what they are. */
  @Test
  void viewsOfACatalogAreAmongTheTablesThatAreShownWhole() {
    assertThat(lake.rows("SHOW TABLE EXTENDED IN hr LIKE '*'"))
        .element(0)
        .isEqualTo(
            """
            hr|names|false|Catalog: lake
            Namespace: hr
            Table: names
            Type: VIEW
            Comment: a view
            Schema: root
             |-- a: string (nullable = true)
             |-- b c: string (nullable = true)

            """);
    assertThat(lake.rows("SHOW TABLE EXTENDED IN hr LIKE 'names'")).hasSize(1);
    lake.as("analyst")
        .refusal("SHOW TABLE EXTENDED IN hr LIKE 'names'", ErrorCode.SCHEMA_NOT_FOUND);
  }

  @Test
  void theTextOfAViewThatAPolicyHidesIsNotShown() {
    lake.policies.decide(
        "analyst",
        "lake",
        "hr",
        "names",
        request ->
            new TableDecision(
                true, List.of("a"), Optional.of(new RowFilter("a > 1", "9")), Map.of(), "1"));
    assertThat(lake.as("analyst").rows("DESCRIBE hr.names")).containsExactly("b c|string|");
    lake.refusal("SHOW CREATE TABLE hr.names", ErrorCode.NOT_SUPPORTED);
  }

  /** What a view is made of may name columns that its reader may not read. */
  @Test
  void aViewTellsNoNameOfAColumnThatItsReaderMayNotRead() {
    Namespace hr = new Namespace("lake", "hr");
    lake.catalog
        .table(new TableName("lake", "hr", "emp"), "id", "salary", "boss")
        .view(
            new TableName("lake", "hr", "wages"), hr, "select id, salary from emp", "id", "salary")
        .view(new TableName("lake", "hr", "wages_too"), hr, "select * from wages", "id", "salary")
        .view(new TableName("lake", "hr", "all_of_it"), hr, "select * from emp", "x", "y", "BOSS")
        .view(new TableName("lake", "hr", "ids"), hr, "select id from emp", "id");
    lake.policies
        .grant("analyst", "lake", "hr", "*")
        .deny("analyst", "lake", "hr", "emp", "salary", "boss");
    MetadataFixture admin = lake.as("admin");
    assertThat(admin.rows("DESCRIBE hr.wages")).containsExactly("id|string|", "salary|string|");
    assertThat(admin.rows("SHOW CREATE TABLE hr.wages").get(0)).contains("salary");

    MetadataFixture analyst = lake.as("analyst");
    for (String view : List.of("wages", "wages_too")) {
      assertThat(analyst.rows("DESCRIBE hr." + view)).containsExactly("id|string|");
      assertThat(analyst.rows("DESCRIBE EXTENDED hr." + view).toString())
          .doesNotContainIgnoringCase("salary");
      assertThat(analyst.rows("SHOW TABLE EXTENDED IN hr LIKE '" + view + "'").toString())
          .doesNotContainIgnoringCase("salary");
      analyst.refusal("SHOW CREATE TABLE hr." + view, ErrorCode.NOT_SUPPORTED);
    }
    assertThat(analyst.rows("DESCRIBE hr.all_of_it")).containsExactly("x|string|", "y|string|");
    assertThat(analyst.rows("DESCRIBE hr.ids")).containsExactly("id|string|");
    assertThat(analyst.rows("SHOW CREATE TABLE hr.ids").get(0)).contains("select id from emp");
    assertThat(analyst.rows("SHOW VIEWS IN hr").toString()).contains("wages_too", "all_of_it");
  }
}
