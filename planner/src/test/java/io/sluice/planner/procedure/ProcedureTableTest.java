package io.sluice.planner.procedure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is said of procedures in the docs is what the code goes by. */
class ProcedureTableTest {

  private static final Path DOCUMENTATION = Path.of("..", "docs", "sql.md");
  private static final String BEGIN = "<!-- The table of procedures, as the code prints it. -->\n";
  private static final String END = "<!-- The end of the procedures. -->\n";

  @Test
  void everyProcedureWorksOnOneTable() {
    for (Procedure procedure : ProcedureTable.served()) {
      assertThat(procedure.parameters().get(0))
          .as(procedure.name())
          .isEqualTo(new Parameter("table", ArgumentKind.TABLE, true));
      assertThat(procedure.parameters().stream().skip(1).map(Parameter::kind))
          .as(procedure.name())
          .doesNotContain(ArgumentKind.TABLE);
      assertThat(procedure.parameters().stream().map(Parameter::name)).doesNotHaveDuplicates();
      assertThat(ProcedureTable.refusal(procedure.name())).isEmpty();
      boolean hasOptions =
          procedure.parameters().stream().anyMatch(p -> p.kind() == ArgumentKind.OPTIONS);
      assertThat(procedure.options().isEmpty()).as(procedure.name()).isEqualTo(!hasOptions);
      assertThat(procedure.columns()).as(procedure.name()).isNotEmpty();
    }
  }

  @Test
  void theDocumentationPrintsIt() throws IOException {
    String text = Files.readString(DOCUMENTATION);
    assertThat(text).contains(BEGIN).contains(END);
    String printed = text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    assertThat(printed.strip()).isEqualTo(ProcedureTable.markdown().strip());
  }
}
