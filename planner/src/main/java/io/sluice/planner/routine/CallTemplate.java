package io.sluice.planner.routine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What stands in the place of a call: a text with a hole wherever an argument goes.
 *
 * @param pieces the text around the holes, one more than these
 * @param holes which argument goes where, in text order
 * @param once whether what stands there may differ from one evaluation to the next, or names
 *     relations, so that it must not be written twice
 */
record CallTemplate(List<String> pieces, List<Integer> holes, boolean once) {

  /** Marks a hole in a text; no body of a function holds it. */
  static final char MARK = '\0';

  CallTemplate {
    pieces = List.copyOf(pieces);
    holes = List.copyOf(holes);
  }

  /** Returns a hole for an argument, as it stands in a text for {@link #of}. */
  static String hole(int argument) {
    return MARK + Integer.toString(argument) + MARK;
  }

  static CallTemplate of(String text, boolean once) {
    List<String> pieces = new ArrayList<>();
    List<Integer> holes = new ArrayList<>();
    int start = 0;
    for (int mark = text.indexOf(MARK); mark >= 0; mark = text.indexOf(MARK, start)) {
      int end = text.indexOf(MARK, mark + 1);
      pieces.add(text.substring(start, mark));
      holes.add(Integer.parseInt(text, mark + 1, end, 10));
      start = end + 1;
    }
    pieces.add(text.substring(start));
    return new CallTemplate(pieces, holes, once);
  }

  /** Returns whether every one of so many arguments is written once, in order. */
  boolean keepsArguments(int count) {
    return holes.size() == count && holes.equals(IntStream.range(0, count).boxed().toList());
  }

  /** Returns how long the text with these arguments is. */
  long length(List<String> arguments) {
    return pieces.stream().mapToLong(String::length).sum()
        + holes.stream().mapToLong(argument -> arguments.get(argument).length()).sum();
  }

  /** Returns the text with these arguments. */
  String with(List<String> arguments) {
    StringBuilder text = new StringBuilder(pieces.get(0));
    for (int index = 0; index < holes.size(); index++) {
      text.append(arguments.get(holes.get(index))).append(pieces.get(index + 1));
    }
    return text.toString();
  }
}
