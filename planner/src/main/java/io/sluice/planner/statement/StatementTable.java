package io.sluice.planner.statement;

import static io.sluice.planner.policy.Access.ALTER;
import static io.sluice.planner.policy.Access.CREATE;
import static io.sluice.planner.policy.Access.DROP;
import static io.sluice.planner.policy.Access.UPDATE;

import io.sluice.planner.iceberg.IcebergForm;
import io.sluice.planner.policy.Access;
import io.sluice.planner.statement.Need.Subject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;

/**
 * Every kind of statement in Spark's grammar, with what becomes of it. The analyser goes by this
 * table and the documentation prints it; a kind that is not here is refused.
 */
public final class StatementTable {

  /** Alternatives that only hold another one, which is looked up in their place. */
  static final Set<Class<? extends ParserRuleContext>> CONTAINERS =
      Set.of(SqlBaseParser.DmlStatementContext.class, SqlBaseParser.SingleInsertQueryContext.class);

  private static final String FILES = "it reads or writes files past every policy";
  private static final String CODE = "it brings code that no policy governs";
  private static final String HIVE = "Iceberg's tables have nothing that it could change";
  private static final String NO_FUNCTIONS = "Iceberg's catalogs keep no functions";
  private static final String LOCATIONS = "where data lies is not for statements to say";
  private static final String COLLATIONS = "Iceberg's tables keep no collations";
  private static final String PARTITIONS =
      "Iceberg keeps partitions by itself; they are neither added nor dropped";

  private static final Map<Class<? extends ParserRuleContext>, StatementKind> KINDS =
      new LinkedHashMap<>();

  static {
    queriesAndAnswers();
    writes();
    definitions();
    views();
    variables();
    functions();
    procedures();
    refusals();
  }

  private StatementTable() {}

  private static void queriesAndAnswers() {
    served(
        SqlBaseParser.StatementDefaultContext.class,
        "queries: SELECT, VALUES, TABLE, FROM, WITH",
        Verdict.QUERY,
        "every relation is a table or view of a configured Iceberg catalog, a temporary view, a"
            + " CTE, a subquery or an allowed table function");
    served(
        SqlBaseParser.ExplainContext.class,
        "EXPLAIN",
        Verdict.QUERY,
        "of a query, INSERT, UPDATE, DELETE or MERGE, needing what that needs; when a row filter,"
            + " mask or denied column applies to a table in it, for administrators only");
    served(
        SqlBaseParser.DescribeQueryContext.class,
        "DESCRIBE QUERY",
        Verdict.QUERY,
        "the columns that the query has for you");
    answered("SHOW CATALOGS", SqlBaseParser.ShowCatalogsContext.class);
    answered("SHOW SCHEMAS", SqlBaseParser.ShowNamespacesContext.class);
    answered("SHOW CURRENT SCHEMA", SqlBaseParser.ShowCurrentNamespaceContext.class);
    answered("SHOW TABLES", SqlBaseParser.ShowTablesContext.class);
    answered("SHOW TABLE EXTENDED", SqlBaseParser.ShowTableExtendedContext.class);
    answered("SHOW VIEWS", SqlBaseParser.ShowViewsContext.class);
    answered("SHOW COLUMNS", SqlBaseParser.ShowColumnsContext.class);
    answered("SHOW TBLPROPERTIES", SqlBaseParser.ShowTblPropertiesContext.class);
    answered("SHOW CREATE TABLE", SqlBaseParser.ShowCreateTableContext.class);
    served(
        SqlBaseParser.DescribeRelationContext.class,
        "DESCRIBE TABLE",
        Verdict.GATEWAY,
        "EXTENDED or FORMATTED, and of one column; AS JSON and PARTITION are refused");
    answered("DESCRIBE SCHEMA", SqlBaseParser.DescribeNamespaceContext.class);
    answered("SHOW FUNCTIONS", SqlBaseParser.ShowFunctionsContext.class);
    answered("DESCRIBE FUNCTION", SqlBaseParser.DescribeFunctionContext.class);
    served(
        SqlBaseParser.RefreshTableContext.class,
        "REFRESH TABLE",
        Verdict.GATEWAY,
        "the catalog is asked anew");
    String nothing = "accepted; nothing is cached";
    served(
        SqlBaseParser.CacheTableContext.class,
        "CACHE TABLE",
        Verdict.GATEWAY,
        nothing + "; without AS");
    served(SqlBaseParser.UncacheTableContext.class, "UNCACHE TABLE", Verdict.GATEWAY, nothing);
    served(SqlBaseParser.ClearCacheContext.class, "CLEAR CACHE", Verdict.GATEWAY, nothing);
    answered("USE", SqlBaseParser.UseContext.class);
    answered("USE SCHEMA", SqlBaseParser.UseNamespaceContext.class);
    answered("SET CATALOG", SqlBaseParser.SetCatalogContext.class);
    String keys = "keys of a short list";
    served(SqlBaseParser.SetConfigurationContext.class, "SET", Verdict.GATEWAY, keys);
    served(SqlBaseParser.SetQuotedConfigurationContext.class, "SET `key`", Verdict.GATEWAY, keys);
    served(SqlBaseParser.ResetConfigurationContext.class, "RESET", Verdict.GATEWAY, keys);
    served(
        SqlBaseParser.ResetQuotedConfigurationContext.class, "RESET `key`", Verdict.GATEWAY, keys);
    answered("SET TIME ZONE", SqlBaseParser.SetTimeZoneContext.class);
  }

  private static void writes() {
    write(SqlBaseParser.InsertIntoTableContext.class, "INSERT INTO", "");
    write(SqlBaseParser.InsertOverwriteTableContext.class, "INSERT OVERWRITE", "");
    write(SqlBaseParser.InsertIntoReplaceWhereContext.class, "INSERT INTO … REPLACE WHERE", "");
    write(
        SqlBaseParser.MultiInsertQueryContext.class,
        "FROM … INSERT …",
        "each target needs the privilege");
    write(SqlBaseParser.UpdateTableContext.class, "UPDATE", "");
    write(
        SqlBaseParser.DeleteFromTableContext.class,
        "DELETE FROM",
        "of a table with a row filter, the rows that you see, [where an administrator allows"
            + " it](#delete-of-what-you-see)");
    write(
        SqlBaseParser.MergeIntoTableContext.class,
        "MERGE INTO",
        "WITH SCHEMA EVOLUTION also `alter`");
    write(SqlBaseParser.TruncateTableContext.class, "TRUNCATE TABLE", "without PARTITION");
  }

  private static void definitions() {
    String plain =
        "USING iceberg or nothing; LOCATION needs `read` and `write` on the `url`; no OPTIONS, TEMPORARY, EXTERNAL, DEFAULT or"
            + " constraint; of a query, what the query may read";
    define(
        SqlBaseParser.CreateTableContext.class,
        "CREATE TABLE",
        plain,
        new Need(CREATE, Subject.TABLE));
    define(
        SqlBaseParser.ReplaceTableContext.class,
        "REPLACE TABLE",
        "as CREATE TABLE; not of a table of which a policy hides a part from anybody,"
            + " nor by columns of which one would",
        new Need(CREATE, Subject.TABLE),
        new Need(DROP, Subject.TABLE));
    define(
        SqlBaseParser.DropTableContext.class,
        "DROP TABLE",
        "without PURGE; a temporary view of that name is dropped instead, without privilege",
        new Need(DROP, Subject.TABLE));
    define(
        SqlBaseParser.CreateNamespaceContext.class,
        "CREATE SCHEMA",
        "without properties; LOCATION needs `read` and `write` on the `url`",
        new Need(CREATE, Subject.SCHEMA));
    define(
        SqlBaseParser.DropNamespaceContext.class,
        "DROP SCHEMA",
        "of an empty schema: Iceberg's catalogs do not CASCADE",
        new Need(DROP, Subject.SCHEMA));
    alter(SqlBaseParser.AddTableColumnsContext.class, "ALTER TABLE … ADD COLUMN", "");
    alter(
        SqlBaseParser.AlterTableAlterColumnContext.class,
        "ALTER TABLE … ALTER COLUMN",
        "type, comment, position, nullability");
    alter(
        SqlBaseParser.HiveChangeColumnContext.class,
        "ALTER TABLE … CHANGE COLUMN",
        "type, comment, position; under the same name");
    String names = "not of a table of which a policy hides a part from anybody";
    alter(SqlBaseParser.RenameTableColumnContext.class, "ALTER TABLE … RENAME COLUMN", names);
    alter(SqlBaseParser.DropTableColumnsContext.class, "ALTER TABLE … DROP COLUMN", names);
    define(
        SqlBaseParser.RenameTableContext.class,
        "ALTER TABLE, VIEW … RENAME TO",
        names + "; within its catalog; the gateway renames a view",
        new Need(ALTER, Subject.TABLE),
        new Need(DROP, Subject.TABLE),
        new Need(CREATE, Subject.NEW_TABLE));
    String properties = "properties of a short list";
    alter(
        SqlBaseParser.SetTablePropertiesContext.class,
        "ALTER TABLE, VIEW … SET TBLPROPERTIES",
        properties + "; of a view, by the gateway: comment and keys without a dot");
    alter(
        SqlBaseParser.UnsetTablePropertiesContext.class,
        "ALTER TABLE, VIEW … UNSET TBLPROPERTIES",
        properties + "; of a view, by the gateway: comment and keys without a dot");
    alter(SqlBaseParser.CommentTableContext.class, "COMMENT ON TABLE", "");
    define(
        SqlBaseParser.CommentNamespaceContext.class,
        "COMMENT ON SCHEMA",
        "",
        new Need(ALTER, Subject.SCHEMA));
  }

  private static void views() {
    view(
        SqlBaseParser.CreateViewContext.class,
        "CREATE VIEW",
        "of a query that may be read; OR REPLACE needs `drop` too; TEMPORARY needs no privilege on"
            + " the view; no GLOBAL TEMPORARY",
        CREATE);
    view(SqlBaseParser.AlterViewQueryContext.class, "ALTER VIEW … AS", "", ALTER);
    view(
        SqlBaseParser.DropViewContext.class,
        "DROP VIEW",
        "not of a view of which a policy hides a part from anybody; of a temporary view without"
            + " privilege",
        DROP);
  }

  private static void view(
      Class<? extends ParserRuleContext> context, String name, String note, Access access) {
    add(
        new StatementKind(
            context, name, Verdict.VIEW, List.of(new Need(access, Subject.VIEW)), note));
  }

  private static void variables() {
    served(
        SqlBaseParser.CreateVariableContext.class,
        "DECLARE VARIABLE",
        Verdict.VARIABLE,
        "a variable of the session; Spark takes no subquery in DEFAULT");
    served(
        SqlBaseParser.SetVariableContext.class,
        "SET VARIABLE",
        Verdict.VARIABLE,
        "of expressions and queries, authorised as any");
    served(
        SqlBaseParser.DropVariableContext.class, "DROP TEMPORARY VARIABLE", Verdict.VARIABLE, "");
    served(
        SqlBaseParser.SingleCompoundStatementContext.class,
        "a script (BEGIN … END)",
        Verdict.SCRIPT,
        "of queries, writes, variables of its own and control flow; everything in it is authorised"
            + " before any of it runs, what is never reached too; it returns no rows");
  }

  private static void functions() {
    served(
        SqlBaseParser.CreateUserDefinedFunctionContext.class,
        "CREATE TEMPORARY FUNCTION … RETURN",
        Verdict.FUNCTION,
        "of an expression or query that may be read, under a name that is no function of Spark's;"
            + " what it reads is authorised for whoever calls, at each call. Without TEMPORARY"
            + " refused: Iceberg's catalogs keep no functions");
    served(
        SqlBaseParser.DropFunctionContext.class, "DROP TEMPORARY FUNCTION", Verdict.FUNCTION, "");
  }

  private static void procedures() {
    served(
        SqlBaseParser.CallContext.class,
        "CALL",
        Verdict.CALL,
        "of the procedures listed [below](#procedures), with literals");
    answered("SHOW PROCEDURES", SqlBaseParser.ShowProceduresContext.class);
    answered("DESCRIBE PROCEDURE", SqlBaseParser.DescribeProcedureContext.class);
  }

  private static void refusals() {
    refuse(
        SqlBaseParser.VisitExecuteImmediateContext.class,
        "EXECUTE IMMEDIATE",
        "send the statement itself");
    refuse(SqlBaseParser.InsertOverwriteDirContext.class, "INSERT OVERWRITE DIRECTORY", FILES);
    refuse(
        SqlBaseParser.InsertOverwriteHiveDirContext.class,
        "INSERT OVERWRITE DIRECTORY … STORED AS",
        FILES);
    refuse(SqlBaseParser.LoadDataContext.class, "LOAD DATA", FILES);
    refuse(SqlBaseParser.ManageResourceContext.class, "ADD and LIST of resources", CODE);
    refuse(SqlBaseParser.RefreshResourceContext.class, "REFRESH of a path", FILES);
    refuse(
        SqlBaseParser.CreateTableLikeContext.class,
        "CREATE TABLE … LIKE",
        "Spark does not run it for Iceberg's tables; write CREATE TABLE … AS SELECT * FROM … LIMIT"
            + " 0");
    refuse(SqlBaseParser.CreateTempViewUsingContext.class, "CREATE TEMPORARY VIEW … USING", FILES);
    refuse(
        SqlBaseParser.AlterViewSchemaBindingContext.class,
        "ALTER VIEW … WITH SCHEMA",
        "a view keeps the columns that it was made with");
    refuse(SqlBaseParser.CreateFunctionContext.class, "CREATE FUNCTION … AS", CODE);
    refuse(SqlBaseParser.RefreshFunctionContext.class, "REFRESH FUNCTION", NO_FUNCTIONS);
    refuse(SqlBaseParser.FailSetRoleContext.class, "SET ROLE", "roles come from the policies");
    refuse(
        SqlBaseParser.ShowPartitionsContext.class,
        "SHOW PARTITIONS",
        "Spark lists none of an Iceberg table; DESCRIBE TABLE tells what it is partitioned by");
    String statistics =
        "Spark does not run it for Iceberg's tables; use CALL system.compute_table_stats";
    refuse(SqlBaseParser.AnalyzeContext.class, "ANALYZE TABLE", statistics);
    refuse(SqlBaseParser.AnalyzeTablesContext.class, "ANALYZE TABLES", statistics);
    String comment =
        "Iceberg takes a place of its own from a schema's properties; for its comment use COMMENT ON"
            + " SCHEMA";
    refuse(SqlBaseParser.SetNamespacePropertiesContext.class, "ALTER SCHEMA … SET", comment);
    refuse(SqlBaseParser.UnsetNamespacePropertiesContext.class, "ALTER SCHEMA … UNSET", comment);
    refuse(
        SqlBaseParser.SetNamespaceLocationContext.class, "ALTER SCHEMA … SET LOCATION", LOCATIONS);
    refuse(
        SqlBaseParser.SetNamespaceCollationContext.class,
        "ALTER SCHEMA … DEFAULT COLLATION",
        COLLATIONS);
    refuse(SqlBaseParser.SetTableLocationContext.class, "ALTER TABLE … SET LOCATION", LOCATIONS);
    refuse(SqlBaseParser.SetTableSerDeContext.class, "ALTER TABLE … SET SERDE", HIVE);
    String standard = "use ALTER COLUMN, RENAME COLUMN, ADD COLUMN or DROP COLUMN";
    refuse(
        SqlBaseParser.HiveReplaceColumnsContext.class, "ALTER TABLE … REPLACE COLUMNS", standard);
    refuse(SqlBaseParser.AddTablePartitionContext.class, "ALTER TABLE … ADD PARTITION", PARTITIONS);
    refuse(
        SqlBaseParser.DropTablePartitionsContext.class, "ALTER TABLE … DROP PARTITION", PARTITIONS);
    refuse(
        SqlBaseParser.RenameTablePartitionContext.class,
        "ALTER TABLE … PARTITION … RENAME TO",
        PARTITIONS);
    refuse(
        SqlBaseParser.RecoverPartitionsContext.class,
        "ALTER TABLE … RECOVER PARTITIONS",
        PARTITIONS);
    refuse(SqlBaseParser.RepairTableContext.class, "REPAIR TABLE", PARTITIONS);
    refuse(SqlBaseParser.AlterClusterByContext.class, "ALTER TABLE … CLUSTER BY", HIVE);
    refuse(
        SqlBaseParser.AlterTableCollationContext.class,
        "ALTER TABLE … DEFAULT COLLATION",
        COLLATIONS);
    String constraints = "Iceberg's tables keep no constraints";
    refuse(
        SqlBaseParser.AddTableConstraintContext.class, "ALTER TABLE … ADD CONSTRAINT", constraints);
    refuse(
        SqlBaseParser.DropTableConstraintContext.class,
        "ALTER TABLE … DROP CONSTRAINT",
        constraints);
    refuse(SqlBaseParser.CreateIndexContext.class, "CREATE INDEX", HIVE);
    refuse(SqlBaseParser.DropIndexContext.class, "DROP INDEX", HIVE);
    String pipelines = "pipelines are not served";
    refuse(
        SqlBaseParser.CreatePipelineDatasetContext.class,
        "CREATE STREAMING TABLE and MATERIALIZED VIEW",
        pipelines);
    refuse(SqlBaseParser.CreatePipelineInsertIntoFlowContext.class, "CREATE FLOW", pipelines);
    refuse(
        SqlBaseParser.FailNativeCommandContext.class,
        "A command of Hive's (GRANT, DFS, …)",
        "Spark does not run it");
  }

  /** Returns all kinds, served ones first. */
  public static List<StatementKind> kinds() {
    return List.copyOf(KINDS.values());
  }

  /**
   * Returns the kind of a statement.
   *
   * @param statement an alternative of {@code statement}, {@code setResetStatement} or {@code
   *     compoundOrSingleStatement}
   * @return empty for one that is not in the table
   */
  public static Optional<StatementKind> kindOf(ParserRuleContext statement) {
    ParserRuleContext node = statement;
    if (node instanceof SqlBaseParser.DmlStatementContext dml) {
      node = dml.dmlStatementNoWith();
    }
    if (node instanceof SqlBaseParser.SingleInsertQueryContext insert) {
      node = insert.insertInto();
    }
    return Optional.ofNullable(KINDS.get(node.getClass()));
  }

  /** Returns the kind of CREATE TABLE. */
  public static StatementKind createTable() {
    return Objects.requireNonNull(KINDS.get(SqlBaseParser.CreateTableContext.class));
  }

  /** Returns the table as the documentation has it. */
  static String markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("| statement | answered by | needs, beside `select` on what it reads | notes |");
    lines.add("|---|---|---|---|");
    for (StatementKind kind : KINDS.values()) {
      if (kind.verdict() != Verdict.REFUSED) {
        String needs =
            kind.needs().stream()
                .map(need -> "`" + need.access().type() + "`" + after(need))
                .collect(Collectors.joining(", "));
        lines.add(row(kind.name(), kind.verdict().answeredBy(), needs, kind.note()));
      }
    }
    for (IcebergForm form : IcebergForm.values()) {
      lines.add(form.row());
    }
    lines.add("");
    lines.add("| refused | why |");
    lines.add("|---|---|");
    for (StatementKind kind : KINDS.values()) {
      if (kind.verdict() == Verdict.REFUSED) {
        lines.add(row(kind.name(), kind.note()));
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static String after(Need need) {
    return need.toString().substring(need.access().type().length());
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  private static void answered(String name, Class<? extends ParserRuleContext> context) {
    served(context, name, Verdict.GATEWAY, "");
  }

  private static void served(
      Class<? extends ParserRuleContext> context, String name, Verdict verdict, String note) {
    add(new StatementKind(context, name, verdict, List.of(), note));
  }

  private static void write(Class<? extends ParserRuleContext> context, String name, String note) {
    add(
        new StatementKind(
            context, name, Verdict.WRITE, List.of(new Need(UPDATE, Subject.TABLE)), note));
  }

  private static void alter(Class<? extends ParserRuleContext> context, String name, String note) {
    define(context, name, note, new Need(Access.ALTER, Subject.TABLE));
  }

  private static void define(
      Class<? extends ParserRuleContext> context, String name, String note, Need... needs) {
    add(new StatementKind(context, name, Verdict.DEFINITION, List.of(needs), note));
  }

  private static void refuse(
      Class<? extends ParserRuleContext> context, String name, String reason) {
    add(new StatementKind(context, name, Verdict.REFUSED, List.of(), reason));
  }

  private static void add(StatementKind kind) {
    if (KINDS.put(kind.context(), kind) != null) {
      throw new IllegalStateException("twice in the table: " + kind.name());
    }
  }
}
