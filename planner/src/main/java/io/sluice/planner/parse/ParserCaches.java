package io.sluice.planner.parse;

import java.util.concurrent.atomic.AtomicInteger;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.atn.ParserATNSimulator;
import org.antlr.v4.runtime.atn.PredictionContextCache;
import org.antlr.v4.runtime.dfa.DFA;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;

/**
 * What ANTLR learns about the grammar while it parses. It only ever grows, and generated code keeps
 * it in static fields; here it is thrown away when it has become too large.
 */
final class ParserCaches {

  /** With all that hangs on it a state takes 6.5 kB on average, so these are 130 MB. */
  static final int MOST_STATES = 20_000;

  static final int PARSES_PER_COUNT = 8;

  private final int mostStates;
  private final AtomicInteger parses = new AtomicInteger();
  private final Learned words = new Learned(SqlBaseLexer._ATN);
  private volatile Learned learned = new Learned(SqlBaseParser._ATN);

  ParserCaches(int mostStates) {
    this.mostStates = mostStates;
  }

  /** Gives a lexer the caches that all lexers share. */
  void install(SqlBaseLexer lexer) {
    lexer.setInterpreter(new ForgetfulLexer(lexer, words.decisions, words.contexts));
  }

  /** Gives a parser the caches that all parsers share. */
  void install(SqlBaseParser parser) {
    if (parses.incrementAndGet() % PARSES_PER_COUNT == 0 && states() > mostStates) {
      learned = new Learned(SqlBaseParser._ATN);
    }
    Learned current = learned;
    parser.setInterpreter(
        new ParserATNSimulator(parser, SqlBaseParser._ATN, current.decisions, current.contexts));
  }

  /** Returns the number of states that parsers learned so far. */
  int states() {
    return learned.states();
  }

  /** Returns the number of states that lexers learned so far. */
  int lexerStates() {
    return words.states();
  }

  private static final class Learned {

    private final DFA[] decisions;
    private final PredictionContextCache contexts = new PredictionContextCache();

    Learned(ATN atn) {
      decisions = new DFA[atn.getNumberOfDecisions()];
      for (int decision = 0; decision < decisions.length; decision++) {
        decisions[decision] = new DFA(atn.getDecisionState(decision), decision);
      }
    }

    int states() {
      int count = 0;
      for (DFA decision : decisions) {
        count += decision.states.size();
      }
      return count;
    }
  }
}
