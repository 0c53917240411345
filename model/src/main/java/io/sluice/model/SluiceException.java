package io.sluice.model;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure that a client may read. Its message says what is wrong and what to do; it
 * never holds another user's data, a rewritten text, a path or a stack trace.
 */
public final class SluiceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A client never gets more than this many bytes of UTF-8. */
  private static final int LONGEST_TEXT = 4096;

  private final ErrorCode code;
  private final String errorClass;
  private final String sqlState;
  private final transient @Nullable TextPosition position;
  private final transient @Nullable StatementId statement;

  private SluiceException(
      ErrorCode code,
      String errorClass,
      String sqlState,
      String message,
      @Nullable TextPosition position,
      @Nullable StatementId statement,
      @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.errorClass = errorClass;
    this.sqlState = sqlState;
    this.position = position;
    this.statement = statement;
  }

  public SluiceException(ErrorCode code, String message) {
    this(code, code.name(), code.sqlState(), message, null, null, null);
  }

  public SluiceException(ErrorCode code, String message, Throwable cause) {
    this(code, code.name(), code.sqlState(), message, null, null, cause);
  }

  public SluiceException(ErrorCode code, String message, TextPosition position) {
    this(code, code.name(), code.sqlState(), message, position, null, null);
  }

  /**
   * An error of Spark's own, under Spark's error class and SQLSTATE.
   *
   * @param errorClass for example {@code DIVIDE_BY_ZERO}
   * @param sqlState five characters
   * @param message one that may be shown to the statement's sender
   */
  public static SluiceException ofSpark(String errorClass, String sqlState, String message) {
    return ofSpark(errorClass, sqlState, message, null);
  }

  /**
   * The same, of one place.
   *
   * @param position in the text that is meant: the one that Spark was sent, until it is found in
   *     the user's own
   */
  public static SluiceException ofSpark(
      String errorClass, String sqlState, String message, @Nullable TextPosition position) {
    return new SluiceException(
        ErrorCode.EXECUTION_FAILED, errorClass, sqlState, message, position, null, null);
  }

  /** Returns the same error as that of a statement, which its text then names. */
  public SluiceException ofStatement(StatementId id) {
    return new SluiceException(
        code, errorClass, sqlState, String.valueOf(getMessage()), position, id, this);
  }

  /** Returns the statement that it is known to be an error of. */
  public Optional<StatementId> statement() {
    return Optional.ofNullable(statement);
  }

  /** Returns the code of the closed vocabulary. */
  public ErrorCode code() {
    return code;
  }

  /** Returns what stands in brackets: the code's name, or Spark's own error class. */
  public String errorClass() {
    return errorClass;
  }

  /** Returns the SQLSTATE that the client sees. */
  public String sqlState() {
    return sqlState;
  }

  /** Returns where in the user's own text, if that is known. */
  public Optional<TextPosition> position() {
    return Optional.ofNullable(position);
  }

  /**
   * Returns the text that a client is sent: {@code [CODE] text (SQLSTATE x, statement id)}, cut to
   * the length that is allowed.
   *
   * @param known the statement's id where this error does not name its own
   */
  public String clientText(@Nullable StatementId known) {
    StringBuilder tail = new StringBuilder(" (SQLSTATE ").append(sqlState);
    StatementId named = statement == null ? known : statement;
    if (named != null) {
      tail.append(", statement ").append(named);
    }
    tail.append(')');
    StringBuilder text = new StringBuilder("[").append(errorClass).append("] ");
    text.append(getMessage());
    if (position != null) {
      text.append(" (line ").append(position.line());
      text.append(", column ").append(position.column() + 1).append(')');
    }
    int room = LONGEST_TEXT - tail.length();
    if (text.toString().getBytes(StandardCharsets.UTF_8).length > room) {
      cut(text, room - "…".getBytes(StandardCharsets.UTF_8).length);
      text.append('…');
    }
    return text.append(tail).toString();
  }

  /** Cuts a text to at most so many bytes of UTF-8, between characters. */
  private static void cut(StringBuilder text, int bytes) {
    int index = 0;
    int used = 0;
    while (index < text.length()) {
      int point = text.codePointAt(index);
      used += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (used > bytes) {
        break;
      }
      index += Character.charCount(point);
    }
    text.setLength(index);
  }
}
