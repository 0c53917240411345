package io.sluice.planner.columns;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.misc.Interval;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CtesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.IdentifierReferenceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;

/** Parses texts with Spark's grammar, as far as tests need it. */
final class SparkText {

  private SparkText() {}

  static ParserRuleContext parse(String sql) {
    SqlBaseLexer lexer = new SqlBaseLexer(new UpperCase(CharStreams.fromString(sql)));
    SqlBaseParser parser = new SqlBaseParser(new CommonTokenStream(lexer));
    parser.parameter_substitution_enabled = true;
    parser.removeErrorListeners();
    parser.addErrorListener(
        new BaseErrorListener() {
          @Override
          public void syntaxError(
              Recognizer<?, ?> recognizer,
              Object symbol,
              int line,
              int column,
              String message,
              RecognitionException e) {
            throw new IllegalArgumentException(line + ":" + column + " " + message + ": " + sql);
          }
        });
    return parser.compoundOrSingleStatement();
  }

  /** Returns what the contexts that name tables stand for, in text order. */
  static <T> Map<ParserRuleContext, T> relations(
      ParserRuleContext statement, Function<List<String>, Optional<T>> tables) {
    Map<ParserRuleContext, T> found = new LinkedHashMap<>();
    for (IdentifierReferenceContext reference : references(statement)) {
      List<String> parts =
          reference.multipartIdentifier().parts.stream()
              .map(part -> part.getText().replace("`", ""))
              .toList();
      if (parts.size() > 1 || !isCte(reference, parts.get(0))) {
        found.put(
            reference,
            tables
                .apply(parts)
                .orElseThrow(() -> new IllegalArgumentException("no table " + parts)));
      }
    }
    return found;
  }

  /** Returns all contexts that name relations, in text order. */
  static List<IdentifierReferenceContext> references(ParserRuleContext statement) {
    List<IdentifierReferenceContext> found = new ArrayList<>();
    collect(statement, found);
    return found;
  }

  private static void collect(ParseTree tree, List<IdentifierReferenceContext> found) {
    if (tree instanceof IdentifierReferenceContext reference) {
      found.add(reference);
    }
    for (int i = 0; i < tree.getChildCount(); i++) {
      collect(tree.getChild(i), found);
    }
  }

  /** Returns whether a WITH around a place, or before it in the same WITH, defines a name. */
  private static boolean isCte(ParserRuleContext place, String name) {
    ParserRuleContext child = place;
    for (ParserRuleContext each = place.getParent(); each != null; each = each.getParent()) {
      if (each instanceof CtesContext ctes) {
        for (NamedQueryContext named : ctes.namedQuery()) {
          if (named == child && ctes.RECURSIVE() == null) {
            break;
          }
          if (named.name.getText().equalsIgnoreCase(name)) {
            return true;
          }
          if (named == child) {
            break;
          }
        }
      } else if (each instanceof QueryContext query
          && query.ctes() != null
          && child != query.ctes()) {
        for (NamedQueryContext named : query.ctes().namedQuery()) {
          if (named.name.getText().equalsIgnoreCase(name)) {
            return true;
          }
        }
      }
      child = each;
    }
    return false;
  }

  /** The grammar's keywords are in upper case; texts keep theirs. */
  private record UpperCase(CharStream stream) implements CharStream {

    @Override
    public int LA(int i) {
      int character = stream.LA(i);
      return character <= 0 ? character : Character.toUpperCase(character);
    }

    @Override
    public String getText(Interval interval) {
      return stream.getText(interval);
    }

    @Override
    public void consume() {
      stream.consume();
    }

    @Override
    public int mark() {
      return stream.mark();
    }

    @Override
    public void release(int marker) {
      stream.release(marker);
    }

    @Override
    public int index() {
      return stream.index();
    }

    @Override
    public void seek(int index) {
      stream.seek(index);
    }

    @Override
    public int size() {
      return stream.size();
    }

    @Override
    public String getSourceName() {
      return stream.getSourceName();
    }
  }
}
