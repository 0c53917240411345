package io.sluice.planner.parse;

import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenSource;

/** Tokens that stop coming when the deadline has passed. */
final class DeadlineTokenStream extends CommonTokenStream {

  private final Deadline deadline;

  DeadlineTokenStream(TokenSource source, Deadline deadline) {
    super(source);
    this.deadline = deadline;
  }

  @Override
  public void consume() {
    deadline.check();
    super.consume();
  }

  @Override
  public int LA(int offset) {
    deadline.check();
    return super.LA(offset);
  }

  @Override
  public Token LT(int offset) {
    deadline.check();
    return super.LT(offset);
  }
}
