package io.sluice.planner.parse;

import java.util.concurrent.atomic.AtomicInteger;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.atn.ParserATNSimulator;
import org.antlr.v4.runtime.atn.PredictionContextCache;
import org.antlr.v4.runtime.dfa.DFA;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;

/**
 * What ANTLR learns about the grammar while it parses. It only ever grows, and a generated parser
 * keeps it in a static field; here it is thrown away when it has become too large.
 */
final class ParserCaches {

  /** A state takes about 10 kB at most, far less on average. */
  private static final int MOST_STATES = 60_000;

  private static final int PARSES_PER_COUNT = 64;

  private final AtomicInteger parses = new AtomicInteger();
  private volatile Learned learned = new Learned();

  /** Gives a parser the caches that all parsers share. */
  void install(SqlBaseParser parser) {
    if (parses.incrementAndGet() % PARSES_PER_COUNT == 0 && states() > MOST_STATES) {
      learned = new Learned();
    }
    Learned current = learned;
    parser.setInterpreter(
        new ParserATNSimulator(parser, SqlBaseParser._ATN, current.decisions, current.contexts));
  }

  /** Returns the number of states learned so far. */
  int states() {
    int count = 0;
    for (DFA decision : learned.decisions) {
      count += decision.states.size();
    }
    return count;
  }

  private static final class Learned {

    private final DFA[] decisions;
    private final PredictionContextCache contexts = new PredictionContextCache();

    Learned() {
      ATN atn = SqlBaseParser._ATN;
      decisions = new DFA[atn.getNumberOfDecisions()];
      for (int decision = 0; decision < decisions.length; decision++) {
        decisions[decision] = new DFA(atn.getDecisionState(decision), decision);
      }
    }
  }
}
