package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CatalogIdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;

/** What a statement names; only names that stand in the text as they are. */
final class Names {

  private Names() {}

  static List<String> parts(IdentifierReferenceContext reference) {
    if (reference.multipartIdentifier() == null) {
      throw identifierClause(reference);
    }
    return Identifiers.parts(reference.multipartIdentifier());
  }

  static String name(CatalogIdentifierReferenceContext reference) {
    if (reference.stringLit() != null) {
      return StringLiterals.value(reference.stringLit());
    }
    if (reference.errorCapturingIdentifier() == null) {
      throw identifierClause(reference);
    }
    return Identifiers.name(reference.errorCapturingIdentifier());
  }

  private static SluiceException identifierClause(ParserRuleContext context) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "IDENTIFIER() is not served; write the name itself",
        Identifiers.position(context));
  }
}
