package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.Namespace;
import org.junit.jupiter.api.Test;

class UseStatementsTest {

  private final MetadataFixture lake = new MetadataFixture();

  @Test
  void usesASchema() {
    Namespace hr = new Namespace("lake", "hr");
    assertThat(lake.use("USE hr")).isEqualTo(hr);
    assertThat(lake.use("USE lake.`hr`")).isEqualTo(hr);
    assertThat(lake.use("USE SCHEMA hr")).isEqualTo(hr);
    assertThat(lake.use("USE NAMESPACE hr")).isEqualTo(hr);
    assertThat(lake.use("use database hr")).isEqualTo(hr);
    assertThat(lake.use("USE pond.tpch")).isEqualTo(new Namespace("pond", "tpch"));
  }

  @Test
  void usesACatalog() {
    assertThat(lake.use("USE lake")).isEqualTo(new Namespace("lake", "tpch"));
    assertThat(lake.use("USE pond")).isEqualTo(new Namespace("pond", "default"));
    assertThat(lake.use("SET CATALOG pond")).isEqualTo(new Namespace("pond", "default"));
    assertThat(lake.use("SET CATALOG 'lake'")).isEqualTo(new Namespace("lake", "tpch"));
  }

  @Test
  void prefersACatalogToASchemaOfThatNameExceptWhereASchemaIsMeant() {
    lake.catalog.schema("lake", "pond");

    assertThat(lake.use("USE pond")).isEqualTo(new Namespace("pond", "default"));
    assertThat(lake.use("USE SCHEMA pond")).isEqualTo(new Namespace("lake", "pond"));
  }

  @Test
  void refusesWhatIsNotThere() {
    lake.refusal("USE HR", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("USE SCHEMA lake.tpch", ErrorCode.SCHEMA_NOT_FOUND)
        .hasMessage("The schema `lake`.`lake`.`tpch`" + MetadataFixture.SCHEMA_HELP);
    lake.refusal("USE SCHEMA lake", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("USE lake.tpch.nested", ErrorCode.SCHEMA_NOT_FOUND);
    lake.refusal("SET CATALOG tpch", ErrorCode.CATALOG_NOT_FOUND)
        .hasMessage("The catalog `tpch` not found. Use SHOW CATALOGS to see those that there are.");
    lake.as("nobody").refusal("USE lake", ErrorCode.SCHEMA_NOT_FOUND);
  }
}
