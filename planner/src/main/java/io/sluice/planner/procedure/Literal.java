package io.sluice.planner.procedure;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.show.StringLiterals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BigIntLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.BooleanLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IntegerLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NullLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NumericLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StringLiteralContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TypeConstructorContext;

/** A value that stands in a CALL as it is; there is none for anything that would be computed. */
sealed interface Literal {

  record Text(String value) implements Literal {}

  record Whole(long value) implements Literal {}

  record Truth(boolean value) implements Literal {}

  record Time(String value) implements Literal {}

  record Nothing() implements Literal {}

  /** {@code array(…)}. */
  record Values(List<Literal> values) implements Literal {

    public Values {
      values = List.copyOf(values);
    }
  }

  /** {@code map(…)}: keys and values in turn. */
  record Pairs(List<Literal> values) implements Literal {

    public Pairs {
      values = List.copyOf(values);
    }
  }

  /**
   * Reads a literal.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for any other expression
   */
  static Literal of(ExpressionContext expression) {
    ParseTree node = expression;
    while (node.getChildCount() == 1 && !(node instanceof StringLiteralContext)) {
      if (node instanceof NumericLiteralContext number) {
        return whole(number);
      }
      if (node instanceof BooleanLiteralContext) {
        return new Truth(node.getText().equalsIgnoreCase("true"));
      }
      if (node instanceof NullLiteralContext) {
        return new Nothing();
      }
      node = node.getChild(0);
    }
    if (node instanceof StringLiteralContext text) {
      return new Text(StringLiterals.value(text.stringLit()));
    }
    if (node instanceof TypeConstructorContext typed
        && typed.literalType().getText().equalsIgnoreCase("timestamp")) {
      return new Time(StringLiterals.unescape(typed.singleStringLitWithoutMarker().getText()));
    }
    if (node instanceof FunctionCallContext call) {
      return collection(call);
    }
    throw notLiteral(expression);
  }

  private static Literal whole(NumericLiteralContext literal) {
    String text = literal.getText();
    if (literal.number() instanceof BigIntLiteralContext) {
      text = text.substring(0, text.length() - 1);
    } else if (!(literal.number() instanceof IntegerLiteralContext)) {
      throw notLiteral(literal);
    }
    try {
      return new Whole(Long.parseLong(text));
    } catch (NumberFormatException tooLarge) {
      throw notLiteral(literal);
    }
  }

  private static Literal collection(FunctionCallContext call) {
    String name = call.functionName().getText().toLowerCase(Locale.ROOT);
    boolean map = name.equals("map");
    int arguments = call.functionArgument().size();
    // The name, two brackets, the arguments and the commas between them; nothing else.
    if (!(map || name.equals("array"))
        || call.getChildCount() != 3 + Math.max(0, 2 * arguments - 1)
        || (map && arguments % 2 != 0)) {
      throw notLiteral(call);
    }
    List<Literal> values = new ArrayList<>();
    for (FunctionArgumentContext argument : call.functionArgument()) {
      if (argument.expression() == null) {
        throw notLiteral(argument);
      }
      Literal value = of(argument.expression());
      if (value instanceof Values || value instanceof Pairs) {
        throw notLiteral(argument);
      }
      values.add(value);
    }
    return map ? new Pairs(values) : new Values(values);
  }

  private static SluiceException notLiteral(ParserRuleContext expression) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "CALL takes literals only: strings, whole numbers, true, false, null, TIMESTAMP '…',"
            + " array(…) and map(…) of these.",
        Identifiers.position(expression));
  }
}
