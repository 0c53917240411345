package io.sluice.planner.show;

import io.sluice.planner.Analysis;
import org.antlr.v4.runtime.tree.RuleNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CacheTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ClearCacheContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeNamespaceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeProcedureContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeRelationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RefreshTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ResetConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ResetQuotedConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetCatalogContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetQuotedConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetTimeZoneContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowCatalogsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowColumnsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowCreateTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowCurrentNamespaceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowFunctionsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowNamespacesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowProceduresContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTableExtendedContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTablesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTblPropertiesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowViewsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UncacheTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UseNamespaceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParserBaseVisitor;
import org.jspecify.annotations.Nullable;

/** One method for each kind of statement that is answered here. */
final class StatementVisitor extends SqlBaseParserBaseVisitor<@Nullable Analysis> {

  private final ShowStatements show;
  private final ShowTableStatements showTable;
  private final DescribeStatements describe;
  private final ProcedureStatements procedures;
  private final FunctionStatements functions;
  private final CacheStatements caches;
  private final UseStatements use;
  private final ConfigurationStatements configuration;

  StatementVisitor(Scope scope) {
    this.show = new ShowStatements(scope);
    this.showTable = new ShowTableStatements(scope);
    this.describe = new DescribeStatements(scope);
    this.procedures = new ProcedureStatements(scope);
    this.functions = new FunctionStatements(scope);
    this.caches = new CacheStatements(scope);
    this.use = new UseStatements(scope);
    this.configuration = new ConfigurationStatements(scope);
  }

  /** Goes no deeper: EXPLAIN holds a statement that is not this one. */
  @Override
  public @Nullable Analysis visitChildren(RuleNode node) {
    return null;
  }

  @Override
  public Analysis visitShowCatalogs(ShowCatalogsContext statement) {
    return show.catalogs(statement);
  }

  @Override
  public Analysis visitShowNamespaces(ShowNamespacesContext statement) {
    return show.namespaces(statement);
  }

  @Override
  public Analysis visitShowCurrentNamespace(ShowCurrentNamespaceContext statement) {
    return show.currentNamespace();
  }

  @Override
  public Analysis visitShowTables(ShowTablesContext statement) {
    return show.tables(statement);
  }

  @Override
  public Analysis visitShowTableExtended(ShowTableExtendedContext statement) {
    return show.tableExtended(statement);
  }

  @Override
  public Analysis visitShowViews(ShowViewsContext statement) {
    return show.views(statement);
  }

  @Override
  public Analysis visitShowColumns(ShowColumnsContext statement) {
    return showTable.columns(statement);
  }

  @Override
  public Analysis visitShowTblProperties(ShowTblPropertiesContext statement) {
    return showTable.properties(statement);
  }

  @Override
  public Analysis visitShowCreateTable(ShowCreateTableContext statement) {
    return showTable.createTable(statement);
  }

  @Override
  public Analysis visitDescribeRelation(DescribeRelationContext statement) {
    return describe.relation(statement);
  }

  @Override
  public Analysis visitDescribeNamespace(DescribeNamespaceContext statement) {
    return describe.namespace(statement);
  }

  @Override
  public Analysis visitShowProcedures(ShowProceduresContext statement) {
    return procedures.show(statement);
  }

  @Override
  public Analysis visitDescribeProcedure(DescribeProcedureContext statement) {
    return procedures.describe(statement);
  }

  @Override
  public Analysis visitRefreshTable(RefreshTableContext statement) {
    return caches.refresh(statement);
  }

  @Override
  public Analysis visitCacheTable(CacheTableContext statement) {
    return caches.cache(statement);
  }

  @Override
  public Analysis visitUncacheTable(UncacheTableContext statement) {
    return caches.uncache(statement);
  }

  @Override
  public Analysis visitClearCache(ClearCacheContext statement) {
    return caches.clear(statement);
  }

  @Override
  public Analysis visitShowFunctions(ShowFunctionsContext statement) {
    return functions.show(statement);
  }

  @Override
  public Analysis visitDescribeFunction(DescribeFunctionContext statement) {
    return functions.describe(statement);
  }

  @Override
  public Analysis visitUse(UseContext statement) {
    return use.any(statement);
  }

  @Override
  public Analysis visitUseNamespace(UseNamespaceContext statement) {
    return use.namespace(statement);
  }

  @Override
  public Analysis visitSetCatalog(SetCatalogContext statement) {
    return use.catalog(statement);
  }

  @Override
  public Analysis visitSetConfiguration(SetConfigurationContext statement) {
    return configuration.set(statement);
  }

  @Override
  public Analysis visitSetQuotedConfiguration(SetQuotedConfigurationContext statement) {
    return configuration.setQuoted(statement);
  }

  @Override
  public Analysis visitSetTimeZone(SetTimeZoneContext statement) {
    return configuration.setTimeZone(statement);
  }

  @Override
  public Analysis visitResetConfiguration(ResetConfigurationContext statement) {
    return configuration.reset(statement);
  }

  @Override
  public Analysis visitResetQuotedConfiguration(ResetQuotedConfigurationContext statement) {
    return configuration.resetQuoted(statement);
  }
}
