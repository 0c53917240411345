package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.bool;
import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.catalog.NotFound;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.procedure.ArgumentKind;
import io.sluice.planner.procedure.Procedure;
import io.sluice.planner.procedure.ProcedureTable;
import java.util.List;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeProcedureContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowProceduresContext;
import org.jspecify.annotations.Nullable;

/** SHOW and DESCRIBE of procedures: those that are served, with what they take here. */
final class ProcedureStatements {

  private static final String SCHEMA = "system";

  /** As Spark's, but for the namespace, which is no array here. */
  private static final List<AnswerColumn> PROCEDURES =
      List.of(string("catalog"), string("namespace"), string("schema"), string("procedure_name"));

  private static final List<AnswerColumn> PARAMETERS =
      List.of(string("parameter"), string("data_type"), bool("required"));

  private final Scope scope;

  ProcedureStatements(Scope scope) {
    this.scope = scope;
  }

  /** SHOW PROCEDURES [IN catalog | [catalog.]system]. */
  Analysis show(ShowProceduresContext statement) {
    String catalog = catalog(statement.identifierReference());
    return Answers.answer(
        PROCEDURES,
        ProcedureTable.served().stream()
            .map(Procedure::name)
            .sorted()
            .map(name -> row(catalog, SCHEMA, SCHEMA, name))
            .toList());
  }

  private String catalog(@Nullable IdentifierReferenceContext reference) {
    if (reference == null) {
      return scope.current().catalog();
    }
    List<String> parts = Names.parts(reference);
    boolean startsWithCatalog = scope.isCatalog(parts.get(0));
    List<String> schema = startsWithCatalog ? parts.subList(1, parts.size()) : parts;
    if (schema.size() > 1 || (schema.size() == 1 && !schema.get(0).equalsIgnoreCase(SCHEMA))) {
      throw NotFound.schema(
          startsWithCatalog ? parts : scope.inCurrentCatalog(parts),
          Identifiers.position(reference));
    }
    return startsWithCatalog ? parts.get(0) : scope.current().catalog();
  }

  /** DESCRIBE PROCEDURE [[catalog.]system.]name: a row for each parameter that is served. */
  Analysis describe(DescribeProcedureContext statement) {
    List<String> parts = Names.parts(statement.identifierReference());
    String name = parts.get(parts.size() - 1);
    boolean named =
        parts.size() == 1
            || (parts.get(parts.size() - 2).equalsIgnoreCase(SCHEMA)
                && (parts.size() == 2 || (parts.size() == 3 && scope.isCatalog(parts.get(0)))));
    Procedure procedure =
        ProcedureTable.find(name)
            .filter(found -> named)
            .orElseThrow(
                () ->
                    new SluiceException(
                        ErrorCode.NOT_SUPPORTED,
                        "A procedure of this name is not served; SHOW PROCEDURES lists those that"
                            + " are.",
                        Identifiers.position(statement.identifierReference())));
    return Answers.answer(
        PARAMETERS,
        procedure.parameters().stream()
            .filter(parameter -> parameter.kind() != ArgumentKind.REFUSED)
            .map(parameter -> row(parameter.name(), parameter.kind().type(), parameter.required()))
            .toList());
  }
}
