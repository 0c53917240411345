package io.sluice.planner.parse;

import org.antlr.v4.runtime.Lexer;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.LexerATNSimulator;
import org.antlr.v4.runtime.atn.PredictionContextCache;
import org.antlr.v4.runtime.dfa.DFA;
import org.antlr.v4.runtime.dfa.DFAState;

/**
 * Forgets what was learned when it has become too much, in the middle of a token too: Spark's
 * comments nest, and each order in which they open and close teaches ANTLR states of its own, so
 * that one text of comments alone could fill the heap.
 */
final class ForgetfulLexer extends LexerATNSimulator {

  /** Ordinary texts come to some two hundred. */
  static final int MOST_STATES = 2_000;

  /**
   * @param learned shared by all lexers, one for each mode
   */
  ForgetfulLexer(Lexer lexer, DFA[] learned, PredictionContextCache contexts) {
    super(lexer, lexer.getATN(), learned, contexts);
  }

  @Override
  protected DFAState addDFAState(ATNConfigSet configurations) {
    DFA learned = decisionToDFA[mode];
    if (learned.states.size() >= MOST_STATES) {
      // States that are in use go on from one to the next, and are garbage when their token ends.
      decisionToDFA[mode] = new DFA(learned.atnStartState, learned.decision);
    }
    return super.addDFAState(configurations);
  }
}
