package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorCapturingIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorIdentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierSeqContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OperatorPipeRightSideContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OperatorPipeSetAssignmentSeqContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PivotValueContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnquotedIdentifierContext;
import org.jspecify.annotations.Nullable;

/** What names a query gives, and which it may not. */
final class Names {

  private Names() {}

  /** Refuses an unquoted name that Spark refuses: only ASCII letters, digits and underscores. */
  static void checkUnquoted(ParserRuleContext identifier) {
    checkToken(identifier.getStart());
  }

  /** Refuses a name that is unquoted and that Spark refuses. */
  static void checkIdentifier(ParserRuleContext identifier) {
    if (identifier instanceof UnquotedIdentifierContext) {
      checkUnquoted(identifier);
      return;
    }
    for (int index = 0; index < identifier.getChildCount(); index++) {
      if (identifier.getChild(index) instanceof ParserRuleContext part) {
        checkIdentifier(part);
      }
    }
  }

  static void checkParts(MultipartIdentifierContext name) {
    for (ErrorCapturingIdentifierContext part : name.parts) {
      if (part.errorCapturingIdentifierExtra() instanceof ErrorIdentContext extra) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED, QueryContexts.refusal(extra), Identifiers.position(part));
      }
      checkIdentifier(part);
    }
  }

  /** Returns the parts of the name of a schema or relation. */
  static List<String> parts(IdentifierReferenceContext naming) {
    MultipartIdentifierContext name = naming.multipartIdentifier();
    if (name == null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "IDENTIFIER() is not served; write the name itself.",
          Identifiers.position(naming));
    }
    checkParts(name);
    return Identifiers.parts(name);
  }

  /** Returns a name that stands in one token, and is none that Spark refuses. */
  static Token checked(Token name) {
    if (name.getType() != SqlBaseLexer.BACKQUOTED_IDENTIFIER) {
      checkToken(name);
    }
    return name;
  }

  /** Of keywords too: a long s is an S to the lexer. */
  private static void checkToken(Token token) {
    String name = token.getText();
    for (int index = 0; index < name.length(); index++) {
      char letter = name.charAt(index);
      if (!((letter >= 'a' && letter <= 'z')
          || (letter >= 'A' && letter <= 'Z')
          || (letter >= '0' && letter <= '9')
          || letter == '_')) {
        throw new SluiceException(
            ErrorCode.PARSE_SYNTAX_ERROR,
            "A name with other signs than letters, digits and underscores must stand in"
                + " backquotes.",
            Identifiers.position(token));
      }
    }
  }

  /** Returns the name that a clause gives to a relation; empty when it gives none. */
  static List<ParserRuleContext> relationAlias(ParserRuleContext node) {
    return present(
        node instanceof TableAliasContext alias
            ? alias.strictIdentifier()
            : ((UnpivotClauseContext) node).errorCapturingIdentifier());
  }

  /** Returns the names that a clause gives to columns, or to the rows of a pipe. */
  static List<ParserRuleContext> columnAliases(ParserRuleContext node) {
    if (node instanceof NamedExpressionContext expression) {
      return present(expression.name);
    }
    if (node instanceof IdentifierSeqContext names) {
      return List.copyOf(names.ident);
    }
    if (node instanceof UnpivotAliasContext alias) {
      return present(alias.errorCapturingIdentifier());
    }
    if (node instanceof PivotValueContext value) {
      return present(value.errorCapturingIdentifier());
    }
    if (node instanceof OperatorPipeRightSideContext pipe) {
      return present(pipe.errorCapturingIdentifier());
    }
    if (node instanceof OperatorPipeSetAssignmentSeqContext assignments) {
      return List.copyOf(assignments.errorCapturingIdentifier());
    }
    // The column names of UNPIVOT.
    List<ParserRuleContext> names = new ArrayList<>();
    for (ParseTree child : Objects.requireNonNull(node.children)) {
      names.add((ParserRuleContext) child);
    }
    return names;
  }

  private static List<ParserRuleContext> present(@Nullable ParserRuleContext name) {
    return name == null ? List.of() : List.of(name);
  }
}
