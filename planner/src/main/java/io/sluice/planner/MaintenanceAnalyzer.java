package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.iceberg.AlterCommand;
import io.sluice.planner.iceberg.IcebergParser;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.procedure.CallPrinter;
import io.sluice.planner.procedure.Procedure;
import io.sluice.planner.procedure.ProcedureCall;
import io.sluice.planner.relation.Privileges;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.TargetNames;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;

/**
 * Authorises what Iceberg does to a table that SQL has no words for: CALL of its procedures and its
 * own forms of ALTER TABLE. The text for Spark is printed anew and read again; nothing of it is the
 * user's. Whoever does such things must be able to read the whole table: these change or tell of
 * rows by file and snapshot, where no filter or mask reaches.
 */
final class MaintenanceAnalyzer {

  private final SparkParser parser;
  private final IcebergParser iceberg;
  private final CallPrinter printer;
  private final CatalogReader catalog;
  private final TargetNames names;
  private final Privileges privileges;
  private final Principals principals;
  private final QueryAnalyzer queries;

  MaintenanceAnalyzer(
      SparkParser parser,
      CatalogReader catalog,
      PolicyEngine policies,
      Principals principals,
      QueryAnalyzer queries) {
    this.parser = parser;
    this.iceberg = new IcebergParser(parser);
    this.printer = new CallPrinter(parser, iceberg);
    this.catalog = catalog;
    this.names = new TargetNames(catalog);
    this.privileges = new Privileges(catalog, policies);
    this.principals = principals;
    this.queries = queries;
  }

  /** Analyses one of Iceberg's own commands; empty for any other text. */
  Optional<Analysis> alter(AnalysisRequest request) {
    return iceberg.alter(request.sql()).map(command -> alter(command, request));
  }

  private Analysis alter(AlterCommand command, AnalysisRequest request) {
    TextPosition position = Identifiers.position(command.name());
    TableName table = names.table(command.table(), position, request);
    privileges.require(Access.ALTER, table, request);
    if (command.movesMain()) {
      privileges.require(Access.UPDATE, table, request);
    }
    refuseView(command.table(), table, position, request);
    ReadRelation whole = queries.requireWhole(occurrence(command.name(), table), request);
    String text = command.print(whole.qualifiedName());
    AlterCommand again = iceberg.alter(text).orElseThrow(MaintenanceAnalyzer::unsafe);
    if (!again.table().equals(whole.qualifiedName()) || !again.clause().equals(command.clause())) {
      throw unsafe();
    }
    return queries.command(text, whole, List.of(), request);
  }

  /** Analyses a CALL. */
  Analysis call(CallContext statement, AnalysisRequest request) {
    ProcedureCall call = ProcedureCall.of(statement);
    Procedure procedure = call.procedure();
    Token start = statement.identifierReference().getStart();
    String catalogName = call.catalog().orElse(request.namespace().catalog());
    if (!catalog.catalogs().contains(catalogName)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A procedure is named as system.name or catalog.system.name, in a configured catalog.",
          Identifiers.position(start));
    }
    if (procedure.administrators() && !principals.isAdministrator(request.principal())) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user [%s] may not call [%s], which is for administrators alone"
              .formatted(request.principal().name(), procedure.name()),
          Identifiers.position(start));
    }
    TableName table = names.table(tableParts(call), call.tablePosition(), request);
    if (!table.catalog().equals(catalogName)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "A procedure works on tables of its own catalog; name the catalog before system.",
          call.tablePosition());
    }
    procedure.access().ifPresent(access -> privileges.require(access, table, request));
    refuseView(tableParts(call), table, call.tablePosition(), request);
    ReadRelation whole = queries.requireWhole(occurrence(start, table), request);
    if (call.isTrue("clean_expired_metadata") && privileges.mayBeRestricted(table)) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user [%s] may not clean the expired metadata of [%s], of which a policy hides something: by it Sluice knows which names its columns went by before. Leave clean_expired_metadata out."
              .formatted(request.principal().name(), table.policyPath()),
          Identifiers.position(start));
    }
    String text = printer.print(call, whole.table(), request.principal().name());
    if (!printer.print(again(text), whole.table(), request.principal().name()).equals(text)) {
      throw unsafe();
    }
    return queries.command(text, whole, procedure.columns(), request);
  }

  /**
   * Views have neither branches nor snapshots; of one in a catalog those are told who may write.
   */
  private void refuseView(
      List<String> parts, TableName table, TextPosition position, AnalysisRequest request) {
    boolean temporary =
        parts.size() == 1 && request.temporaryViews().find(parts.get(0)).isPresent();
    if (temporary || catalog.isView(table)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          Identifiers.quote(parts)
              + (temporary
                  ? " is a temporary view here; for a table of that name write its schema too."
                  : " is a view; this is for tables."),
          position);
    }
  }

  private List<String> tableParts(ProcedureCall call) {
    try {
      return parser.name(call.table());
    } catch (SluiceException e) {
      throw new SluiceException(e.code(), String.valueOf(e.getMessage()), call.tablePosition());
    }
  }

  private ProcedureCall again(String text) {
    CompoundOrSingleStatementContext tree = parser.statement(text).tree();
    SingleStatementContext single = tree.singleStatement();
    if (single == null || !(single.statement() instanceof CallContext call)) {
      throw unsafe();
    }
    return ProcedureCall.of(call);
  }

  private static SluiceException unsafe() {
    return new SluiceException(
        ErrorCode.INTERNAL_ERROR,
        "The statement could not be rewritten safely, so it was not run; please report it.");
  }

  /** A table that is named by no part of Spark's grammar, as if it stood where a token stands. */
  private static RelationOccurrence occurrence(Token token, TableName table) {
    IdentifierReferenceContext naming = new IdentifierReferenceContext(null, 0);
    naming.start = token;
    naming.stop = token;
    return new RelationOccurrence(
        naming,
        new ParserRuleContext(),
        List.of(table.catalog(), table.schema(), table.table()),
        false);
  }
}
