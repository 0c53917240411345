package io.sluice.planner.relation;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.Locale;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ColumnReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ConstantDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CurrentLikeContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DereferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionCallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OptionsClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PrimaryExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyAndEqualsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyWithKeyNoEqualsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SampleByBucketContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TemporalClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ValueExpressionDefaultContext;
import org.jspecify.annotations.Nullable;

/** The clauses around a table's name that may hold fixed values only. */
final class FixedClauses {

  /** Iceberg's read options that change how a table is read but not what of it. */
  private static final Set<String> OPTIONS =
      Set.of("split-size", "lookback", "file-open-cost", "vectorization-enabled", "batch-size");

  private static final Set<String> CLOCKS = Set.of("current_timestamp", "now");

  private FixedClauses() {}

  /** Refuses time travel to anything but a literal or the current time. */
  static void checkTimeTravel(ParserRuleContext node) {
    TemporalClauseContext clause = (TemporalClauseContext) node;
    boolean fixed =
        clause.version() == null
            ? clause.timestamp instanceof ValueExpressionDefaultContext value
                && isFixed(value.primaryExpression())
            : !holds(clause.version(), SqlBaseLexer.QUESTION, SqlBaseLexer.COLON);
    if (!fixed) {
      throw refused(clause, "Time travel takes a literal or current_timestamp() only.");
    }
  }

  private static boolean isFixed(PrimaryExpressionContext value) {
    if (value instanceof ConstantDefaultContext constant) {
      return !holds(constant, SqlBaseLexer.QUESTION, SqlBaseLexer.COLON);
    }
    if (value instanceof CurrentLikeContext current) {
      return current.CURRENT_TIMESTAMP() != null;
    }
    return value instanceof FunctionCallContext call
        && call.getChildCount() == 3
        && CLOCKS.contains(call.functionName().getText().toLowerCase(Locale.ROOT));
  }

  /** Refuses read options that choose other data: snapshots, branches, paths. */
  static void checkOptions(ParserRuleContext node) {
    OptionsClauseContext clause = (OptionsClauseContext) node;
    if (holds(clause, SqlBaseLexer.QUESTION, SqlBaseLexer.COLON)) {
      throw refused(clause, "Table options take no parameters.");
    }
    for (PropertyContext property : clause.options.property()) {
      ParserRuleContext key =
          property instanceof PropertyWithKeyAndEqualsContext withEquals
              ? withEquals.key
              : ((PropertyWithKeyNoEqualsContext) property).key;
      if (!OPTIONS.contains(plainText(key))) {
        throw refused(property, "A table option that is not served; served are " + served() + ".");
      }
    }
  }

  private static String served() {
    return String.join(", ", OPTIONS.stream().sorted().toList());
  }

  /** Returns an option's key; one that is written in an unusual way equals no key at all. */
  private static String plainText(ParserRuleContext key) {
    if (key.getStart() != key.getStop()) {
      return "";
    }
    Token token = key.getStart();
    String text = token.getText();
    return switch (token.getType()) {
      case SqlBaseLexer.BACKQUOTED_IDENTIFIER, SqlBaseLexer.IDENTIFIER -> Identifiers.name(token);
      case SqlBaseLexer.STRING_LITERAL, SqlBaseLexer.DOUBLEQUOTED_STRING ->
          text.substring(1, text.length() - 1);
      default -> text;
    };
  }

  static void checkBucket(ParserRuleContext node) {
    SampleByBucketContext bucket = (SampleByBucketContext) node;
    if (bucket.ON() != null) {
      throw refused(bucket, "TABLESAMPLE by bucket takes no ON.");
    }
  }

  static boolean isHintParameter(PrimaryExpressionContext parameter) {
    PrimaryExpressionContext node = parameter;
    while (node instanceof DereferenceContext dereference) {
      node = dereference.base;
    }
    return node instanceof ColumnReferenceContext
        || (parameter instanceof ConstantDefaultContext
            && !holds(parameter, SqlBaseLexer.QUESTION, SqlBaseLexer.COLON));
  }

  private static boolean holds(@Nullable ParseTree node, int... tokens) {
    if (node instanceof TerminalNode leaf) {
      for (int token : tokens) {
        if (leaf.getSymbol().getType() == token) {
          return true;
        }
      }
      return false;
    }
    for (int index = 0; node != null && index < node.getChildCount(); index++) {
      if (holds(node.getChild(index), tokens)) {
        return true;
      }
    }
    return false;
  }

  private static SluiceException refused(ParserRuleContext node, String why) {
    return new SluiceException(ErrorCode.NOT_SUPPORTED, why, Identifiers.position(node));
  }
}
