package io.sluice.planner.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A text cut roughly into words, literals and signs, for changes at the seams and within. */
final class Pieces {

  private static final Pattern PIECE =
      Pattern.compile(
          "[\\p{L}_]\\w*|\\d+|'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"|`(?:[^`]|``)*`|\\s+|.",
          Pattern.DOTALL);

  private static final List<String> COMMENTS =
      List.of(
          "/* x */",
          "/**/",
          "/* a /* b */ c */",
          "/* /* */ -- */ , emp",
          "/* /* */ */",
          "/* ' */",
          "/* \" ` */",
          "/* -- */",
          "/*\n*/",
          "/*+ x */",
          "/*+ broadcast(t) */",
          "/* /*+ */ */",
          "/* * / */",
          "/***/",
          "/*/ */",
          "/*/*/*/",
          "/* from emp */",
          "/*",
          "*/",
          "-- x\n",
          "--\n",
          "-- ' \n",
          "-- x \\\n y\n",
          "-- \\\n",
          "-- \\\r\n from emp\n",
          "-- \\\\\n",
          "-- x\r",
          "-- x\r\n",
          "-- /*\n",
          "-- */\n",
          "--/* */",
          "-- x\u2028",
          "-- x\u0085",
          "--+ x\n",
          "- -",
          "# x\n",
          "// x\n");

  private static final List<String> SPACES =
      List.of(
          " ", "\t", "\n", "\r", "\r\n", "\f", "\u000b", "\u0085", "\u00a0", "\u1680", "\u2003",
          "\u2028", "\u202f", "\u3000", "\u200b", "\u2060", "\ufeff", "\u0000", "\u001f", "\u180e",
          "", "  \n\t ");

  private static final List<String> ESCAPES =
      List.of(
          "\\'",
          "\\\\",
          "''",
          "\"\"",
          "\\\"",
          "\\n",
          "\\0",
          "\\u0041",
          "\\U0001F600",
          "\\101",
          "\\%",
          "\\_",
          "\\\n",
          "\\",
          "'",
          "\"",
          "`",
          "``",
          "--",
          "/*",
          "*/",
          "${x}",
          "$",
          "{",
          "\n",
          "\ud83d\ude00",
          "\ud83d",
          "\u0301",
          "\u02bc",
          "\uff07");

  private static final List<String> SIGNS =
      List.of(
          ";",
          ";;",
          ".",
          "..",
          ",",
          "(",
          ")",
          "[",
          "]",
          "?",
          ":",
          "::",
          ":p",
          "@",
          "#",
          "$",
          "${",
          "{",
          "}",
          "|",
          "||",
          "|>",
          "->",
          "=>",
          "==",
          "<=>",
          "!",
          "~",
          "^",
          "&",
          "*",
          "/",
          "%",
          "+",
          "-",
          "\\",
          "'",
          "\"",
          "`",
          "0",
          "1.",
          ".5",
          "1e1",
          "1L",
          "10BD",
          "\u2018",
          "\u201c",
          "\uff40",
          "\uff1b",
          "\u2024",
          "\ud835\udc00",
          "\u00e9",
          "\u0130",
          "\u00df",
          "\u202e");

  private static final List<String> WORDS =
      List.of(
          "select",
          "from",
          "table",
          "with",
          "recursive",
          "as",
          "join",
          "lateral",
          "values",
          "stream",
          "identifier('t')",
          "identifier(:p)",
          "t.branch_x",
          "spark_catalog",
          "db1.t",
          "a.b.c.d",
          "a-b",
          "`a-b`",
          "1a",
          "1_000",
          "_1",
          "$a",
          "null",
          "using",
          "on",
          "tablesample (1 rows)",
          "version as of 1",
          "for system_time as of now()",
          "with (x = 1)",
          "pivot",
          "order by all",
          "limit 1",
          "qualify",
          "exclude",
          "not",
          "r'\\'",
          "R\"x\"",
          "x'1f'",
          "date '2020-01-01'",
          "interval 1 day",
          "emp",
          "outer",
          "union",
          "explain",
          "global_temp.t",
          "parquet.`/x`");

  private final SplittableRandom chance;
  private final List<String> pieces;

  Pieces(String text, SplittableRandom chance) {
    this.chance = chance;
    this.pieces = new ArrayList<>(PIECE.matcher(text).results().map(MatchResult::group).toList());
  }

  /** Returns the text with one change. */
  String change() {
    switch (chance.nextInt(16)) {
      case 0, 1, 2 -> insert(pick(COMMENTS));
      case 3, 4 -> insert(pick(SPACES));
      case 5 -> change(String::isBlank, space -> pick(SPACES));
      case 6 -> change(Pieces::isWord, this::recase);
      case 7 -> change(Pieces::isWord, this::quote);
      case 8, 9 -> change(piece -> !isWord(piece) && piece.length() > 1, this::escape);
      case 10 -> insert(pick(SIGNS));
      case 11 -> change(piece -> true, piece -> "");
      case 12 -> change(Pieces::isWord, word -> pick(WORDS));
      case 13 -> change(Pieces::isWord, word -> word + "." + pick(pieces));
      case 14 -> insert(" " + pick(WORDS) + " ");
      default -> swap();
    }
    return String.join("", pieces);
  }

  private void insert(String piece) {
    int place = chance.nextInt(8) == 0 ? pieces.size() : chance.nextInt(pieces.size() + 1);
    pieces.add(place, piece);
  }

  private void swap() {
    if (pieces.size() > 1) {
      int place = chance.nextInt(pieces.size() - 1);
      pieces.add(place, pieces.remove(chance.nextInt(pieces.size())));
    }
  }

  private void change(Predicate<String> which, UnaryOperator<String> how) {
    int[] places =
        IntStream.range(0, pieces.size()).filter(index -> which.test(pieces.get(index))).toArray();
    if (places.length > 0) {
      int place = places[chance.nextInt(places.length)];
      pieces.set(place, how.apply(pieces.get(place)));
    }
  }

  private String recase(String word) {
    return switch (chance.nextInt(5)) {
      case 0 -> word.toUpperCase(Locale.ROOT);
      case 1 -> word.toLowerCase(Locale.ROOT);
      // Letters that become ASCII ones in upper or in lower case, or that only look like them.
      case 2 -> word.replaceAll("[sS]", "\u017f");
      case 3 -> word.replaceAll("[kK]", "\u212a").replaceAll("[iI]", "\u0131");
      default ->
          word.codePoints()
              .map(point -> isLatin(point) && chance.nextBoolean() ? point ^ 0x20 : point)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
    };
  }

  private String quote(String word) {
    return switch (chance.nextInt(7)) {
      case 0, 1 -> "`" + word + "`";
      case 2 -> "`" + word + "``" + word + "`";
      case 3 -> "\"" + word + "\"";
      case 4 -> "'" + word + "'";
      case 5 -> "`" + word;
      default -> "[" + word + "]";
    };
  }

  private String escape(String literal) {
    int place = 1 + chance.nextInt(literal.length() - 1);
    return switch (chance.nextInt(6)) {
      case 0 -> "r" + literal;
      case 1 -> literal + " " + literal;
      case 2 -> literal.charAt(0) + "" + literal;
      default -> literal.substring(0, place) + pick(ESCAPES) + literal.substring(place);
    };
  }

  private String pick(List<String> choices) {
    return choices.isEmpty() ? "" : Mutator.pick(choices, chance);
  }

  private static boolean isLatin(int point) {
    return (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
  }

  private static boolean isWord(String piece) {
    return !piece.isEmpty() && Character.isLetter(piece.codePointAt(0));
  }
}
