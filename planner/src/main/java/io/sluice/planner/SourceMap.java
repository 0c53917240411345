package io.sluice.planner;

import io.sluice.model.TextPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rewritten text that knows which of its characters were copied from the text that it was made
 * from, and from where. Characters are Unicode code points, as Spark counts them.
 */
public final class SourceMap {

  private final String source;
  private final String text;
  private final List<Run> runs;

  /** So many characters of the text, copied from one place of the source. */
  private record Run(int start, int source, int length) {}

  private SourceMap(String source, String text, List<Run> runs) {
    this.source = source;
    this.text = text;
    this.runs = List.copyOf(runs);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceMap map
        && source.equals(map.source)
        && text.equals(map.text)
        && runs.equals(map.runs);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** A text of which nothing is copied from anywhere. */
  public static SourceMap ofOwn(String text) {
    return new SourceMap("", text, List.of());
  }

  /**
   * Returns where this text's characters stand in what its source was made from.
   *
   * @param earlier has this one's source as its text, and an own source
   */
  SourceMap through(SourceMap earlier) {
    List<Run> found = new ArrayList<>();
    for (Run run : runs) {
      for (Run before : earlier.from(run.source())) {
        if (before.start() >= run.source() + run.length()) {
          break;
        }
        int from = Math.max(run.source(), before.start());
        int to = Math.min(run.source() + run.length(), before.start() + before.length());
        if (from < to) {
          found.add(
              new Run(
                  run.start() + from - run.source(),
                  before.source() + from - before.start(),
                  to - from));
        }
      }
    }
    return new SourceMap(earlier.source, text, found);
  }

  /** Returns the runs from the one on that may hold a place of the text, in its order. */
  private List<Run> from(int place) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs.get(middle).start() + runs.get(middle).length() <= place) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return runs.subList(low, runs.size());
  }

  /** Returns the rewritten text. */
  public String text() {
    return text;
  }

  /**
   * Finds the place in the source that a place in the rewritten text was copied from.
   *
   * @return empty for what was put there by the rewriting, and for no place of the text
   */
  public Optional<TextPosition> inSource(TextPosition position) {
    int offset = offset(text, position);
    return runs.stream()
        .filter(run -> run.start() <= offset && offset < run.start() + run.length())
        .findFirst()
        .map(run -> position(source, run.source() + offset - run.start()));
  }

  private static int offset(String text, TextPosition position) {
    int start = 0;
    for (int line = 1; line < position.line(); line++) {
      start = text.indexOf('\n', start) + 1;
      if (start == 0) {
        return -1;
      }
    }
    int end = text.indexOf('\n', start);
    int length = text.codePointCount(start, end < 0 ? text.length() : end);
    return position.column() < 0 || position.column() >= length
        ? -1
        : text.codePointCount(0, start) + position.column();
  }

  private static TextPosition position(String source, int offset) {
    String before = source.substring(0, source.offsetByCodePoints(0, offset));
    int line = 1 + (int) before.chars().filter(unit -> unit == '\n').count();
    int start = before.lastIndexOf('\n') + 1;
    return new TextPosition(line, before.codePointCount(start, before.length()));
  }

  /** Writes a rewritten text from its beginning to its end. */
  public static final class Writer {

    private final String source;
    private final StringBuilder text;
    private final List<Run> runs = new ArrayList<>();
    private int length;
    private int copiedFrom;
    private int copied;

    /**
     * @param expected about how many characters of the source are copied
     */
    public Writer(String source, int expected) {
      this.source = source;
      this.text = new StringBuilder(Math.max(0, expected) + 256);
    }

    /** Appends what does not stand in the source. */
    public void append(CharSequence own) {
      endRun();
      text.append(own);
      length += Character.codePointCount(own, 0, own.length());
    }

    /**
     * Appends characters of the source.
     *
     * @param from where they stand there, in code points
     */
    public void copy(String characters, int from) {
      if (copied > 0 && copiedFrom + copied != from) {
        endRun();
      }
      if (copied == 0) {
        copiedFrom = from;
      }
      int count = characters.codePointCount(0, characters.length());
      text.append(characters);
      copied += count;
      length += count;
    }

    public SourceMap finish() {
      endRun();
      return new SourceMap(source, text.toString(), runs);
    }

    private void endRun() {
      if (copied > 0) {
        runs.add(new Run(length - copied, copiedFrom, copied));
        copied = 0;
      }
    }
  }
}
