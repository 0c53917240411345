package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.Namespace;
import io.sluice.planner.routine.TemporaryFunction;
import io.sluice.planner.view.NamedColumn;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ViewChangesTest extends StatementServiceFixture {

  private static final Namespace HOME = new Namespace("lake", "tpch");
  private static final TableName VIEW = new TableName("lake", "tpch", "v");
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Field.nullable("n", MinorType.BIGINT.getType()),
              Field.nullable("small", MinorType.TINYINT.getType())));

  private static Analysis temporary(boolean restricted, String... names) {
    return new Analysis.DefineTemporaryView(
        new TemporaryView("v", "select n", HOME, "UTC", Set.of(), List.of(), Optional.empty()),
        List.of(names).stream().map(name -> new NamedColumn(name, Optional.empty())).toList(),
        false,
        query("select n", restricted));
  }

  private static Analysis lasting() {
    return new Analysis.DefineView(
        new ViewDefinition(VIEW, "select n", HOME, Map.of(), "ann", ViewDefinition.Mode.CREATE),
        List.of(),
        query("select n", false));
  }

  private RecordingClient run(Analysis what) {
    analysis = what;
    return subscribe(service.submit(session, "a statement about a view", List.of()));
  }

  @Test
  void theSessionKeepsAFunctionOnceSparkHasLookedAtIt() {
    TemporaryFunction function =
        new TemporaryFunction(
            "f", List.of(), Optional.empty(), List.of(), "1", HOME, "UTC", Optional.empty());
    Analysis defined =
        new Analysis.DefineTemporaryFunction(function, false, query("select 1", false));
    spark.schema = CompletableFuture.failedFuture(new IllegalStateException("no such column"));
    run(defined);
    assertThat(session.temporaryFunctions().isEmpty()).isTrue();
    spark.schema = CompletableFuture.completedFuture(SCHEMA);
    assertThat(run(defined).completions).isEqualTo(1);
    assertThat(session.temporaryFunctions().find("F")).contains(function.returning("bigint"));
    run(new Analysis.Nothing());
    assertThat(analyzed.get(analyzed.size() - 1).temporaryFunctions().find("f")).isPresent();
    run(new Analysis.DropTemporaryFunction("F"));
    assertThat(session.temporaryFunctions().isEmpty()).isTrue();
  }

  @Test
  void theSessionKeepsATemporaryViewWithTheColumnsThatSparkTells() {
    spark.schema = CompletableFuture.completedFuture(SCHEMA);
    assertThat(run(temporary(false, "a", "b")).completions).isEqualTo(1);
    TemporaryView kept = session.temporaryViews().find("V").orElseThrow();
    assertThat(kept.columns()).extracting(ViewColumn::name).containsExactly("a", "b");
    assertThat(kept.columns())
        .extracting(ViewColumn::sparkType)
        .containsExactly("bigint", "tinyint");
    assertThat(spark.runs).isEmpty();

    analysis = query("select * from v", false);
    service.submit(session, "select * from v", List.of());
    assertThat(analyzed.get(analyzed.size() - 1).temporaryViews().find("v")).contains(kept);
    assertThat(run(temporary(false)).error).hasMessageContaining("already exists");
    assertThat(run(new Analysis.DropTemporaryView("v")).completions).isEqualTo(1);
    assertThat(session.temporaryViews()).isEqualTo(TemporaryViews.none());
    assertThat(views.defined).isEmpty();
  }

  @Test
  void whatSparkRefusesIsNotKept() {
    spark.schema =
        CompletableFuture.failedFuture(
            SluiceException.ofSpark("UNRESOLVED_COLUMN", "42703", "hidden words"));
    assertThat(run(temporary(false)).error).hasMessageContaining("hidden words");
    assertThat(run(temporary(true)).error).hasMessageContaining("Its text is withheld");
    assertThat(session.temporaryViews()).isEqualTo(TemporaryViews.none());
    spark.schema = CompletableFuture.completedFuture(SCHEMA);
    assertThat(run(temporary(false, "a")).error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CREATE_VIEW_COLUMN_ARITY_MISMATCH));
    assertThat(session.temporaryViews()).isEqualTo(TemporaryViews.none());
  }

  @Test
  void aStatementThatWasEndedKeepsNothing() {
    spark.schema = new CompletableFuture<>();
    analysis = temporary(false);
    Statement statement = service.submit(session, "create …", List.of());
    subscribe(statement);
    statement.cancel("enough");
    spark.schema.complete(SCHEMA);
    assertThat(statement.state()).isEqualTo(StatementState.CANCELED);
    assertThat(session.temporaryViews()).isEqualTo(TemporaryViews.none());
  }

  @Test
  void whatIsNoLongerGrantedIsNotKept() {
    spark.schema = new CompletableFuture<>();
    analysis = lasting();
    RecordingClient client = subscribe(service.submit(session, "create …", List.of()));
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no more");
    spark.schema.complete(SCHEMA);
    assertThat(client.error).hasMessage("no more");
    assertThat(views.defined).isEmpty();
  }

  @Test
  void aLastingViewIsWrittenToItsCatalogWhichIsThenReadAnew() {
    spark.schema = CompletableFuture.completedFuture(SCHEMA);
    assertThat(run(lasting()).completions).isEqualTo(1);
    assertThat(views.defined).extracting(ViewDefinition::name).containsExactly(VIEW);
    assertThat(views.columns.get(0)).extracting(ViewColumn::name).containsExactly("n", "small");
    assertThat(catalogChanges).hasSize(1);
    assertThat(session.temporaryViews()).isEqualTo(TemporaryViews.none());

    ViewChange.Drop drop = new ViewChange.Drop(VIEW);
    assertThat(run(new Analysis.ChangeView(drop)).completions).isEqualTo(1);
    assertThat(views.changed).containsExactly(drop);
    assertThat(catalogChanges).hasSize(2);

    views.failure = Optional.of(new SluiceException(ErrorCode.CATALOG_UNAVAILABLE, "away"));
    assertThat(run(lasting()).error).hasMessage("away");
    assertThat(catalogChanges).hasSize(3);
  }

  @Test
  void aLastingViewHasTypesOfIceberg() {
    spark.schema =
        CompletableFuture.completedFuture(
            new Schema(List.of(Field.nullable("i", MinorType.INTERVALYEAR.getType()))));
    assertThat(run(lasting()).error).hasMessageContaining("column `i` is of type interval");
    assertThat(views.defined).isEmpty();
    assertThat(run(temporary(false)).completions).isEqualTo(1);
  }

  @Test
  void nothingIsDoneWhereThereIsNothingToDo() {
    backend = Optional.empty();
    assertThat(run(new Analysis.Nothing()).completions).isEqualTo(1);
  }

  @Test
  void aStatementAboutAViewHasNoRows() {
    analysis = temporary(false);
    assertThat(service.prepare(session, "create …").join().returnsRows()).isFalse();
  }
}
