package io.sluice.planner.columns;

import static io.sluice.planner.columns.ColumnUseFixture.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.junit.jupiter.api.Test;

/** What the caller says of the relations, against what the text says. */
class OccurrenceTest {

  private static final String SELF_JOIN =
      "select a.name from hr.emp a join hr.emp b on a.id = b.id where b.ssn = '1'";

  @Test
  void twoOccurrencesOfOneTableAreToldApart() {
    ParserRuleContext statement = SparkText.parse(SELF_JOIN);
    Map<ParserRuleContext, ReadTable> relations =
        sql(SELF_JOIN).denying("emp.ssn").relations(statement);
    assertThat(new ColumnUse().firstDenied(statement, relations)).isPresent();

    ParserRuleContext second = List.copyOf(relations.keySet()).get(1);
    relations.computeIfPresent(
        second, (context, read) -> new ReadTable(read.table(), Set.of("boss")));
    assertThat(new ColumnUse().firstDenied(statement, relations)).isEmpty();
  }

  @Test
  void theFirstInTheTextIsFoundFirst() {
    sql("select b.ssn, a.boss from hr.emp a, hr2.emp b")
        .denying("emp.ssn", "emp.boss")
        .uses("emp.boss");
    sql("select salary, ssn from emp").denying("emp.salary", "emp.ssn").uses("emp.ssn");
  }

  @Test
  void aTableThatTheTextDoesNotReadIsRefused() {
    String text = "select name from emp";
    ParserRuleContext statement = SparkText.parse(text);
    Map<ParserRuleContext, ReadTable> relations =
        new LinkedHashMap<>(sql(text).denying("emp.ssn").relations(statement));
    String other = "select name from emp";
    relations.putAll(sql(other).denying("emp.ssn").relations(SparkText.parse(other)));
    assertRefused(statement, relations);
  }

  @Test
  void aNameThatIsNeitherTableNorCteIsRefused() {
    String text = "select a.name from emp a, emp b";
    ParserRuleContext statement = SparkText.parse(text);
    Map<ParserRuleContext, ReadTable> relations = sql(text).denying("emp.ssn").relations(statement);
    Iterator<ParserRuleContext> contexts = relations.keySet().iterator();
    contexts.next();
    contexts.next();
    contexts.remove();
    assertRefused(statement, relations);
  }

  @Test
  void aTableWhereTheTextSaysCteIsRefused() {
    String text = "with emp as (select name from hr.emp) select name from emp";
    ParserRuleContext statement = SparkText.parse(text);
    Map<ParserRuleContext, ReadTable> relations = sql(text).denying("emp.ssn").relations(statement);
    assertThat(relations).hasSize(1);
    assertThat(new ColumnUse().firstDenied(statement, relations)).isEmpty();

    String table = "select name from emp";
    ReadTable emp =
        sql(table).denying("emp.ssn").relations(SparkText.parse(table)).values().iterator().next();
    SparkText.references(statement).forEach(reference -> relations.put(reference, emp));
    assertThat(relations).hasSize(2);
    assertRefused(statement, relations);
  }

  @Test
  void nothingIsResolvedWhereNothingIsDenied() {
    sql("select nothing from emp").usesNone();
  }

  @Test
  void refusalsSayWhereAndWhat() {
    SluiceException refusal =
        sql("select name,\n  nothing from emp")
            .denying("emp.ssn")
            .isRefused(ErrorCode.UNRESOLVED_COLUMN);
    assertThat(refusal.position()).contains(new TextPosition(2, 2));
    assertThat(refusal).hasMessageContaining("`nothing`").hasMessageContaining("check");
    assertThat(sql("select e.name from stream emp, emp e").denying("emp.ssn"))
        .satisfies(
            query ->
                assertThat(query.isRefused(ErrorCode.CANNOT_AUTHORIZE))
                    .hasMessageContaining("STREAM")
                    .hasMessageContaining("naming the columns"));
  }

  @Test
  void statementsAroundAQueryAreLookedThrough() {
    sql("explain select ssn from emp").denying("emp.ssn").uses("emp.ssn");
    sql("explain extended select name from emp").denying("emp.ssn").usesNone();
  }

  @Test
  void deepNestingIsResolved() {
    String text = "name";
    for (int i = 0; i < 150; i++) {
      text = "(" + text + " || 'x')";
    }
    sql("select " + text + " from emp").denying("emp.ssn").usesNone();
    String query = "select name, ssn from emp";
    for (int i = 0; i < 60; i++) {
      query = "select name from (" + query + ") q" + i;
    }
    sql(query).denying("emp.ssn").uses("emp.ssn");
  }

  @Test
  void aQueryTooDeepForTheStackIsRefused() throws Exception {
    String text = String.join(" union all ", Collections.nCopies(400, "select name from emp"));
    ColumnUseFixture query = sql(text).denying("emp.ssn");
    ParserRuleContext statement = onStack(64, () -> SparkText.parse(text));
    Map<ParserRuleContext, ReadTable> relations = onStack(64, () -> query.relations(statement));
    Callable<Optional<?>> resolution = () -> new ColumnUse().firstDenied(statement, relations);

    // Loads all classes, so that the overflow below meets no half-made one.
    assertThat(onStack(64, resolution)).isEmpty();
    assertThatThrownBy(() -> onStack(0.25, resolution))
        .cause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX));
  }

  private static <T> T onStack(double mebibytes, Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(null, task, "stack", (long) (mebibytes * (1 << 20))).start();
    return task.get();
  }

  @Test
  void oneInstanceServesManyThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Optional<String>>> calls =
          IntStream.range(0, 200)
              .<Callable<Optional<String>>>mapToObj(
                  i -> sql(TpchTest.query(i % 2 == 0 ? 10 : 3)).denying("customer.c_address")::find)
              .toList();
      List<Future<Optional<String>>> answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get().isPresent()).isEqualTo(i % 2 == 0);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertRefused(
      ParserRuleContext statement, Map<ParserRuleContext, ReadTable> relations) {
    assertThatThrownBy(() -> new ColumnUse().firstDenied(statement, relations))
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.CANNOT_AUTHORIZE));
  }
}
