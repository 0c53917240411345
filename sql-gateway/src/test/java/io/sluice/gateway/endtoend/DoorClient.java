package io.sluice.gateway.endtoend;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One user at one door, asked in the words that all doors share. */
interface DoorClient extends AutoCloseable {

  /** Runs a query; returns its cells as the client's texts, null for NULL. */
  List<List<String>> rows(String sql) throws Exception;

  /** Returns the names of a query's columns. */
  List<String> columns(String sql) throws Exception;

  /** Runs a statement that must fail, and returns how it failed. */
  Refusal refusal(String sql) throws Exception;

  /** Returns the schemas of catalog {@code lake}, by the door's call for metadata. */
  List<String> schemas() throws Exception;

  List<String> tables(String schema) throws Exception;

  List<String> columns(String schema, String table) throws Exception;

  @Override
  void close() throws Exception;

  /**
   * How a statement failed.
   *
   * @param text {@code [CODE] text (SQLSTATE x} without the statement's id
   * @param sqlState in a place of its own, null or "00000" where the client has none
   */
  record Refusal(String text, String sqlState) {

    private static final Pattern TEXT =
        Pattern.compile(
            "(\\[[A-Z_][A-Z0-9_.]*] .*\\(SQLSTATE \\w{5}), statement [0-9a-f-]{36}\\)",
            Pattern.DOTALL);

    /** Takes Sluice's text out of what a driver says around it. */
    static Refusal of(String message, String sqlState) {
      Matcher found = TEXT.matcher(message);
      if (!found.find()) {
        throw new AssertionError("no text of Sluice's: " + message);
      }
      return new Refusal(found.group(1), sqlState);
    }
  }
}
