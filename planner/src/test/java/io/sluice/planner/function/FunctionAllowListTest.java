package io.sluice.planner.function;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionAllowListTest {

  private final FunctionAllowList list = FunctionAllowList.ofSpark();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reflect", "java_method", "try_reflect", "input_file_name", "input_file_block_start",
        "input_file_block_length", "from_avro", "schema_of_avro", "from_protobuf", "to_protobuf",
        "from_xml", "schema_of_xml", "xpath", "xpath_string", "python_worker_logs"
      })
  void whatReadsFilesRunsCodeOrShowsTheServerIsNotOnIt(String name) {
    assertThat(list.kind(name)).isEmpty();
    assertThat(list.allowsTableFunction(name)).isFalse();
  }

  @Test
  void namesAreFoldedAsSparkFoldsThem() {
    assertThat(list.kind("SHA2")).contains(FunctionKind.SCALAR);
    assertThat(list.kind("Current_User")).contains(FunctionKind.PRINCIPAL);
    assertThat(list.kind(" sha2")).isEmpty();
    assertThat(list.allowsTableFunction("RANGE")).isTrue();
  }

  @Test
  void everyKindIsInUse() {
    assertThat(list.names().stream().map(name -> list.kind(name).orElseThrow()).distinct())
        .containsExactlyInAnyOrder(FunctionKind.values());
    assertThat(list.names()).hasSize(481);
  }
}
