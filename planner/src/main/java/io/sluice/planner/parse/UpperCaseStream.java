package io.sluice.planner.parse;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.IntStream;
import org.antlr.v4.runtime.misc.Interval;

/**
 * Shows the lexer every code point in upper case, as Spark does, and keeps the text as it was
 * written. The lexer passes by the deadline here.
 */
final class UpperCaseStream implements CharStream {

  private final CharStream stream;
  private final Deadline deadline;

  UpperCaseStream(CharStream stream, Deadline deadline) {
    this.stream = stream;
    this.deadline = deadline;
  }

  @Override
  public int LA(int offset) {
    int point = stream.LA(offset);
    return point == 0 || point == IntStream.EOF ? point : Character.toUpperCase(point);
  }

  @Override
  public String getText(Interval interval) {
    // Spark's stream gives nothing for an interval that lies outside of the text.
    return size() > 0 && (interval.b - interval.a >= 0) ? stream.getText(interval) : "";
  }

  @Override
  public void consume() {
    // A single token, such as a comment, can be as long as the text.
    deadline.check();
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
