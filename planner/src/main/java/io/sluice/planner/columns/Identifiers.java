package io.sluice.planner.columns;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorCapturingIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorIdentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierSeqContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QualifiedNameContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StrictIdentifierContext;

/** Names as Spark reads them: without their back quotes. */
final class Identifiers {

  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Identifiers() {}

  static String name(IdentifierContext context) {
    return context.strictIdentifier() == null
        ? context.getText()
        : name(context.strictIdentifier());
  }

  static String name(StrictIdentifierContext context) {
    if (context instanceof IdentifierLiteralContext) {
      throw Refusals.notUnderstood("a name that IDENTIFIER() makes", context);
    }
    return unquoted(context);
  }

  static String name(ErrorCapturingIdentifierContext context) {
    if (context.errorCapturingIdentifierExtra() instanceof ErrorIdentContext) {
      throw Refusals.notUnderstood("the name " + context.getText(), context);
    }
    return name(context.identifier());
  }

  static List<String> names(IdentifierSeqContext context) {
    return context.ident.stream().map(Identifiers::name).toList();
  }

  static List<String> names(MultipartIdentifierContext context) {
    return context.parts.stream().map(Identifiers::name).toList();
  }

  static List<String> names(QualifiedNameContext context) {
    return context.identifier().stream().map(Identifiers::name).toList();
  }

  /** Returns the form under which names that differ in case alone are one. */
  static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Returns whether Spark may have made this name for an expression that has no alias. */
  static boolean isMadeUp(String name) {
    String folded = folded(name);
    return !ORDINARY.matcher(name).matches()
        || folded.equals("null")
        || folded.equals("true")
        || folded.equals("false");
  }

  private static String unquoted(ParserRuleContext context) {
    String text = context.getText();
    if (text.length() < 2) {
      return text;
    }
    char quote = text.charAt(0);
    if (quote != '`' && quote != '"' || text.charAt(text.length() - 1) != quote) {
      return text;
    }
    String doubled = String.valueOf(quote) + quote;
    return text.substring(1, text.length() - 1).replace(doubled, String.valueOf(quote));
  }
}
