package io.sluice.gateway.hive;

import io.netty.buffer.ByteBuf;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;

/**
 * Finds the end of a message of Thrift's binary protocol in bytes that come piece by piece. Without
 * frames nothing else tells where a message ends; with them it is checked before Thrift's own
 * parser sees it, which takes nesting of any depth and lengths of any size on trust.
 *
 * <p>The rules are those of Thrift's "Thrift Binary protocol encoding", strict form.
 */
final class MessageScanner {

  /** No message of TCLIService nests deeper than half of this. */
  static final int DEEPEST = 32;

  private static final int STRICT_CALL = 0x80010001;
  private static final int STRICT_ONEWAY = 0x80010004;

  private static final int STOP = 0;
  private static final int STRUCT = 12;
  private static final int MAP = 13;

  /** What is expected next. */
  private enum Step {
    VERSION,
    NAME,
    SEQUENCE,
    VALUES,
    END
  }

  private final int longest;
  private final Level[] levels = new Level[DEEPEST];
  private int depth;
  private Step step = Step.VERSION;

  /** How many bytes from the message's begin were understood. */
  private int position;

  /**
   * @param longest bytes of a message
   */
  MessageScanner(int longest) {
    this.longest = longest;
  }

  /** Returns how many bytes the message has. */
  int length() {
    return position;
  }

  /**
   * Looks at what has come of one message so far; to be called again with more of it.
   *
   * @param bytes begins with the message; not moved
   * @return whether the message is complete
   * @throws SluiceException {@code PROTOCOL_VIOLATION} for what is no message, {@code
   *     STATEMENT_TOO_LARGE} for one that is too long
   */
  boolean scan(ByteBuf bytes) {
    while (step != Step.END) {
      int before = position;
      if (!advance(bytes)) {
        position = before;
        return false;
      }
    }
    return true;
  }

  private boolean advance(ByteBuf bytes) {
    switch (step) {
      case VERSION -> {
        if (!has(bytes, 4)) {
          return false;
        }
        int version = int32(bytes);
        if (version != STRICT_CALL && version != STRICT_ONEWAY) {
          throw malformed("it is not a call of Thrift's binary protocol");
        }
        step = Step.NAME;
      }
      case NAME -> {
        if (!skipText(bytes)) {
          return false;
        }
        step = Step.SEQUENCE;
      }
      case SEQUENCE -> {
        if (!skip(bytes, 4)) {
          return false;
        }
        push(Level.struct());
        step = Step.VALUES;
      }
      case VALUES -> {
        Level level = levels[depth - 1];
        if (!(level.struct ? field(bytes) : element(bytes, level))) {
          return false;
        }
        if (depth == 0) {
          step = Step.END;
        }
      }
      case END -> throw new IllegalStateException("the message is complete");
    }
    return true;
  }

  private boolean field(ByteBuf bytes) {
    if (!has(bytes, 1)) {
      return false;
    }
    int type = bytes.getByte(bytes.readerIndex() + position);
    if (type == STOP) {
      position++;
      depth--;
      return true;
    }
    return skip(bytes, 3) && value(bytes, type);
  }

  private boolean element(ByteBuf bytes, Level level) {
    if (level.left == 0) {
      depth--;
      return true;
    }
    int type = level.left % 2 == 0 || level.second < 0 ? level.first : level.second;
    int now = depth;
    if (!value(bytes, type)) {
      return false;
    }
    levels[now - 1].left--;
    return true;
  }

  private boolean value(ByteBuf bytes, int type) {
    switch (type) {
      case 2, 3 -> {
        return skip(bytes, 1);
      }
      case 6 -> {
        return skip(bytes, 2);
      }
      case 8 -> {
        return skip(bytes, 4);
      }
      case 4, 10 -> {
        return skip(bytes, 8);
      }
      case 11 -> {
        return skipText(bytes);
      }
      case STRUCT -> {
        push(Level.struct());
        return true;
      }
      case MAP -> {
        if (!has(bytes, 6)) {
          return false;
        }
        int key = bytes.getByte(bytes.readerIndex() + position);
        int item = bytes.getByte(bytes.readerIndex() + position + 1);
        position += 2;
        int size = size(int32(bytes));
        push(new Level(false, key, item, 2 * size));
        return true;
      }
      case 14, 15 -> {
        if (!has(bytes, 5)) {
          return false;
        }
        int item = bytes.getByte(bytes.readerIndex() + position);
        position++;
        push(new Level(false, item, -1, size(int32(bytes))));
        return true;
      }
      default -> throw malformed("it has a value of the unknown type " + type);
    }
  }

  private void push(Level level) {
    if (depth == DEEPEST) {
      throw tooDeep();
    }
    levels[depth++] = level;
  }

  private boolean skipText(ByteBuf bytes) {
    return has(bytes, 4) && skip(bytes, size(int32(bytes)));
  }

  /** Every element has a byte at least, so no honest size is beyond what a message may have. */
  private int size(int told) {
    if (told < 0) {
      throw malformed("it has a length below zero");
    }
    if (told > longest - position) {
      throw tooLong(longest);
    }
    return told;
  }

  private int int32(ByteBuf bytes) {
    int value = bytes.getInt(bytes.readerIndex() + position);
    position += 4;
    return value;
  }

  private boolean skip(ByteBuf bytes, int count) {
    if (!has(bytes, count)) {
      return false;
    }
    position += count;
    return true;
  }

  private boolean has(ByteBuf bytes, int count) {
    if (count > longest - position) {
      throw tooLong(longest);
    }
    return bytes.readableBytes() - position >= count;
  }

  static SluiceException malformed(String why) {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION,
        "The client's message cannot be read: "
            + why
            + ". Connect with a HiveServer2 driver, without TLS, over the transport of this port.");
  }

  static SluiceException tooDeep() {
    return malformed("it nests deeper than " + DEEPEST + " levels");
  }

  static SluiceException tooLong(int longest) {
    return new SluiceException(
        ErrorCode.STATEMENT_TOO_LARGE,
        "The client's message has more than "
            + (longest < 1 << 20 ? (longest >> 10) + " KiB" : (longest >> 20) + " MiB")
            + ", the most that is read here.");
  }

  /** A struct whose fields come, or a list, set or map of which some values are left. */
  private static final class Level {
    private final boolean struct;
    private final int first;
    private final int second;
    private int left;

    Level(boolean struct, int first, int second, int left) {
      this.struct = struct;
      this.first = first;
      this.second = second;
      this.left = left;
    }

    static Level struct() {
      return new Level(true, 0, -1, 0);
    }
  }
}
