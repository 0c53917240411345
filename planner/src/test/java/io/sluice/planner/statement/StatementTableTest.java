package io.sluice.planner.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementNoWithContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InsertIntoContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetResetStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleCompoundStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementContext;
import org.junit.jupiter.api.Test;

/** Someone must decide on each kind of statement that a grammar brings, and say so in the docs. */
class StatementTableTest {

  private static final Path DOCUMENTATION = Path.of("..", "docs", "sql.md");
  private static final String BEGIN = "<!-- The table of statements, as the code prints it. -->\n";
  private static final String END = "<!-- The end of the table. -->\n";

  @Test
  void holdsEveryAlternativeOfTheGrammarAndNothingElse() {
    Set<Class<?>> grammar =
        Arrays.stream(SqlBaseParser.class.getDeclaredClasses())
            .filter(
                type ->
                    Set.of(
                            StatementContext.class,
                            SetResetStatementContext.class,
                            DmlStatementNoWithContext.class,
                            InsertIntoContext.class)
                        .contains(type.getSuperclass()))
            .collect(Collectors.toSet());
    assertThat(grammar).hasSizeGreaterThan(90);
    grammar.removeAll(StatementTable.CONTAINERS);
    grammar.add(SingleCompoundStatementContext.class);
    Set<Class<?>> table = new HashSet<>();
    StatementTable.kinds().forEach(kind -> table.add(kind.context()));
    assertThat(table).isEqualTo(grammar);
  }

  @Test
  void aStatementIsOneOfOrTwoAlternativesOnly() {
    assertThat(
            Arrays.stream(SqlBaseParser.CompoundOrSingleStatementContext.class.getDeclaredMethods())
                .map(method -> method.getReturnType().getSimpleName())
                .filter(name -> name.endsWith("StatementContext")))
        .containsExactlyInAnyOrder("SingleStatementContext", "SingleCompoundStatementContext");
    assertThat(
            Arrays.stream(SqlBaseParser.SingleStatementContext.class.getDeclaredMethods())
                .map(method -> method.getReturnType().getSimpleName())
                .filter(name -> name.endsWith("StatementContext")))
        .containsExactlyInAnyOrder("StatementContext", "SetResetStatementContext");
  }

  @Test
  void saysWhyAndWhatIsNeeded() {
    for (StatementKind kind : StatementTable.kinds()) {
      assertThat(kind.needs().isEmpty())
          .as(kind.name())
          .isEqualTo(!kind.verdict().isCommand() && kind.verdict() != Verdict.VIEW);
      if (kind.verdict() == Verdict.REFUSED) {
        assertThat(kind.note()).as(kind.name()).isNotBlank();
      }
    }
    assertThat(StatementTable.kinds().stream().map(StatementKind::name)).doesNotHaveDuplicates();
  }

  @Test
  void theDocumentationPrintsIt() throws IOException {
    String text = Files.readString(DOCUMENTATION);
    assertThat(text).contains(BEGIN).contains(END);
    String printed = text.substring(text.indexOf(BEGIN) + BEGIN.length(), text.indexOf(END));
    assertThat(printed.strip()).isEqualTo(StatementTable.markdown().strip());
  }
}
