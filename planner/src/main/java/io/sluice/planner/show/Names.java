package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CatalogIdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorCapturingIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorIdentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QuotedIdentifierAlternativeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QuotedIdentifierContext;

/** Names out of the parse tree, unquoted; only names that stand in the text as they are. */
final class Names {

  private Names() {}

  static List<String> parts(IdentifierReferenceContext reference) {
    if (reference.multipartIdentifier() == null) {
      throw identifierClause(reference);
    }
    return parts(reference.multipartIdentifier().parts);
  }

  static List<String> parts(List<ErrorCapturingIdentifierContext> parts) {
    return parts.stream().map(Names::name).toList();
  }

  static String name(CatalogIdentifierReferenceContext reference) {
    if (reference.stringLit() != null) {
      return StringLiterals.value(reference.stringLit());
    }
    if (reference.errorCapturingIdentifier() == null) {
      throw identifierClause(reference);
    }
    return name(reference.errorCapturingIdentifier());
  }

  static String name(ErrorCapturingIdentifierContext identifier) {
    if (identifier.errorCapturingIdentifierExtra() instanceof ErrorIdentContext) {
      throw new SluiceException(
          ErrorCode.PARSE_SYNTAX_ERROR,
          "The identifier %s must be put in backquotes".formatted(identifier.getText()),
          position(identifier));
    }
    var strict = identifier.identifier().strictIdentifier();
    if (strict instanceof IdentifierLiteralContext) {
      throw identifierClause(identifier);
    }
    if (strict instanceof QuotedIdentifierAlternativeContext quoted) {
      return unquote(quoted.quotedIdentifier());
    }
    return identifier.identifier().getText();
  }

  /** Takes the quotes off and makes doubled ones single. */
  static String unquote(QuotedIdentifierContext quoted) {
    return unquote(quoted.getText());
  }

  static String unquote(String quoted) {
    String quote = quoted.substring(0, 1);
    return quoted.substring(1, quoted.length() - 1).replace(quote + quote, quote);
  }

  static TextPosition position(ParserRuleContext context) {
    return new TextPosition(
        context.getStart().getLine(), context.getStart().getCharPositionInLine());
  }

  private static SluiceException identifierClause(ParserRuleContext context) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "IDENTIFIER() is not served; write the name itself",
        position(context));
  }
}
