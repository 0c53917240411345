package io.sluice.planner;

import io.sluice.model.TableName;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.routine.TemporaryFunction;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.VariableChange;
import io.sluice.planner.view.NamedColumn;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewDefinition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a statement turned out to be, authorised; there is none for a refused statement. */
public sealed interface Analysis {

  /** Returns what the journal is to say of it; empty unless something is out of the ordinary. */
  default String note() {
    return "";
  }

  /**
   * A statement that Spark runs: a query, VALUES or EXPLAIN, or a command for its effect.
   *
   * @param sql the text for Spark, every relation replaced
   * @param relations every base table read or written to, in text order, without repetition
   * @param restricted whether a filter, mask or denied column applies to any of them, or to a table
   *     that a definition names, so that Spark's error texts must not reach the user
   * @param parameters one entry for each marker in text order: the Spark type that the text
   *     suggests for it, where one can be told
   * @param dependencies what the analysis was made from; equal values mean the rewritten text means
   *     the same
   * @param command whether it changes rows, tables or schemas; it is run once
   * @param columns what a command answers with, which Spark is not asked for, as asking would run
   *     it; empty for one that answers with nothing, and for a query
   * @param writes the tables or schemas that a command changes, as dotted names; empty for a query
   * @param source where the text's characters stand in the user's own
   * @param note what the journal is to say of it; empty unless something is out of the ordinary
   * @param parameterNames the name of each marker, where they are {@code :name}: a value goes
   *     wherever its name stands; empty where they are {@code ?}
   * @param variables those of the session that it may name; Spark has them while it runs
   * @param alone whether it needs a Spark session that nothing else uses, because something could
   *     stay there
   * @param variableChange for DECLARE and SET VARIABLE: what is to come of it in the session
   */
  record SparkQuery(
      String sql,
      List<RelationUse> relations,
      boolean restricted,
      List<Optional<String>> parameters,
      List<String> dependencies,
      boolean command,
      List<AnswerColumn> columns,
      List<String> writes,
      SourceMap source,
      String note,
      List<String> parameterNames,
      List<SessionVariable> variables,
      boolean alone,
      Optional<VariableChange> variableChange)
      implements Analysis {

    public SparkQuery {
      relations = List.copyOf(relations);
      parameters = List.copyOf(parameters);
      parameterNames = List.copyOf(parameterNames);
      dependencies = List.copyOf(dependencies);
      columns = List.copyOf(columns);
      writes = List.copyOf(writes);
      variables = List.copyOf(variables);
    }

    /** A statement of a session without variables. */
    public SparkQuery(
        String sql,
        List<RelationUse> relations,
        boolean restricted,
        List<Optional<String>> parameters,
        List<String> dependencies,
        boolean command,
        List<AnswerColumn> columns,
        List<String> writes,
        SourceMap source,
        String note,
        List<String> parameterNames) {
      this(
          sql,
          relations,
          restricted,
          parameters,
          dependencies,
          command,
          columns,
          writes,
          source,
          note,
          parameterNames,
          List.of(),
          false,
          Optional.empty());
    }

    /** A statement without named parameters. */
    public SparkQuery(
        String sql,
        List<RelationUse> relations,
        boolean restricted,
        List<Optional<String>> parameters,
        List<String> dependencies,
        boolean command,
        List<AnswerColumn> columns,
        List<String> writes,
        SourceMap source,
        String note) {
      this(
          sql,
          relations,
          restricted,
          parameters,
          dependencies,
          command,
          columns,
          writes,
          source,
          note,
          List.of());
    }

    /**
     * Returns how many bytes the tables hold that it reads or whose rows it changes, each once, as
     * far as they tell. What is restricted for the user counts nothing: they could bring tables of
     * their own to it until its size shows in what is made of the sum.
     */
    public long bytes() {
      long sum = 0;
      for (RelationUse use : relations) {
        sum += use.restricted() ? 0 : use.bytes();
        if (sum < 0) {
          return Long.MAX_VALUE;
        }
      }
      return sum;
    }

    /** Returns the same for a text that was made from another one. */
    SparkQuery from(SourceMap places) {
      return with(command, places, note, variables, alone, variableChange);
    }

    /** Returns the same with a note for the journal. */
    public SparkQuery noted(String words) {
      return with(command, source, words, variables, alone, variableChange);
    }

    /** Returns the same, which may name these variables. */
    SparkQuery naming(List<SessionVariable> named) {
      return with(command, source, note, named, alone, variableChange);
    }

    /**
     * Returns the same as a command that runs in a Spark session of its own.
     *
     * @param change what comes of it for the session's variables
     */
    SparkQuery alone(Optional<VariableChange> change) {
      return with(true, source, note, variables, true, change);
    }

    private SparkQuery with(
        boolean isCommand,
        SourceMap places,
        String words,
        List<SessionVariable> named,
        boolean runsAlone,
        Optional<VariableChange> change) {
      return new SparkQuery(
          sql,
          relations,
          restricted,
          parameters,
          dependencies,
          isCommand,
          columns,
          writes,
          places,
          words,
          parameterNames,
          named,
          runsAlone,
          change);
    }
  }

  /** SHOW, DESCRIBE or SET without a value: answered by the gateway, no cluster needed. */
  record Answer(AnswerTable table) implements Analysis {}

  /**
   * A statement that may run and for which nothing is to be done: CACHE TABLE, IF NOT EXISTS of
   * what exists.
   */
  record Nothing() implements Analysis {}

  /** USE: the session's namespace from now on. */
  record Use(Namespace namespace) implements Analysis {}

  /** SET key = value, checked against the allow-list; {@code value} in Spark's form. */
  record SetConfiguration(String key, String value) implements Analysis {}

  /** RESET of one key, or of all that the session has set. */
  record ResetConfiguration(Optional<String> key) implements Analysis {}

  /** A view or function to be made, of which Spark is asked for the columns first. */
  sealed interface Definition extends Analysis {

    /** Returns what it is made of, as its maker may read it; never kept. */
    SparkQuery query();
  }

  /**
   * CREATE TEMPORARY VIEW: once Spark has told the columns of the query, the session keeps the
   * view.
   *
   * @param view without columns
   * @param names of the columns, where the statement gives them
   * @param replace whether a view of this name may be there
   * @param query what the view reads, as its maker may; never kept
   */
  record DefineTemporaryView(
      TemporaryView view, List<NamedColumn> names, boolean replace, SparkQuery query)
      implements Definition {

    public DefineTemporaryView {
      names = List.copyOf(names);
    }
  }

  /** DROP TEMPORARY VARIABLE: the session keeps it no longer. */
  record DropVariable(String name) implements Analysis {}

  /**
   * CREATE TEMPORARY FUNCTION: once Spark has looked at a call, the session keeps the function.
   *
   * @param replace whether a function of this name may be there
   * @param query a call of it, as its maker may; never kept
   */
  record DefineTemporaryFunction(TemporaryFunction function, boolean replace, SparkQuery query)
      implements Definition {}

  /** DROP TEMPORARY FUNCTION. */
  record DropTemporaryFunction(String name) implements Analysis {}

  /** DROP VIEW of one of the session's own. */
  record DropTemporaryView(String name) implements Analysis {}

  /**
   * CREATE VIEW and ALTER VIEW … AS: once Spark has told the columns of the query, the view is
   * written to the catalog.
   *
   * @param names of the columns, where the statement gives them
   * @param query what the view reads, as its maker may; never kept
   */
  record DefineView(ViewDefinition definition, List<NamedColumn> names, SparkQuery query)
      implements Definition {

    public DefineView {
      names = List.copyOf(names);
    }

    @Override
    public String note() {
      return query.note();
    }
  }

  /**
   * DROP VIEW and what ALTER VIEW does beside its query: done in the catalog.
   *
   * @param note as of any statement
   */
  record ChangeView(ViewChange change, String note) implements Analysis {

    /** A change of which there is nothing to say. */
    public ChangeView(ViewChange change) {
      this(change, "");
    }
  }

  /**
   * A base table as the statement reads it.
   *
   * @param table its name
   * @param uuid the table's own identity when it was analysed
   * @param schemaId Iceberg's id of its schema then
   * @param restricted whether a filter, mask or denied column applies to it
   * @param policyIds the filters and masks that were applied
   * @param bytes how much the table held when it was analysed; 0 where that is not known. No part
   *     of what a statement means: those that differ in nothing else are equal
   */
  record RelationUse(
      TableName table,
      String uuid,
      int schemaId,
      boolean restricted,
      List<String> policyIds,
      long bytes) {

    public RelationUse {
      policyIds = List.copyOf(policyIds);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RelationUse use
          && table.equals(use.table)
          && uuid.equals(use.uuid)
          && schemaId == use.schemaId
          && restricted == use.restricted
          && policyIds.equals(use.policyIds);
    }

    @Override
    public int hashCode() {
      return Objects.hash(table, uuid, schemaId, restricted, policyIds);
    }
  }
}
