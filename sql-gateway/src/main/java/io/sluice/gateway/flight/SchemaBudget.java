package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a stranger's schema message unfolds to, before Arrow's reader builds it. In a
 * flatbuffer many places may point to one: fields to the same children, level by level, or names to
 * the same text, so that a few hundred bytes stand for more than any memory holds.
 */
final class SchemaBudget {

  /** With those nested in others. */
  static final int MOST_FIELDS = 10_000;

  static final int MOST_DEPTH = 64;

  /** Of names, metadata and whatever else has a length of its own. */
  static final int MOST_BYTES = 16 << 20;

  /** What a pair of metadata holds beside its two texts. */
  private static final int PAIR_BYTES = 64;

  private int fields;
  private long bytes;

  private SchemaBudget() {}

  /**
   * Walks a schema as far as its budget goes.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} if it is more than can be taken
   * @throws RuntimeException if it is damaged
   */
  static void check(Schema schema) {
    SchemaBudget budget = new SchemaBudget();
    for (int pair = 0; pair < schema.customMetadataLength(); pair++) {
      budget.spend(schema.customMetadata(pair));
    }
    for (int field = 0; field < schema.fieldsLength(); field++) {
      budget.spend(schema.fields(field), 1);
    }
  }

  private void spend(Field field, int depth) {
    if (++fields > MOST_FIELDS) {
      throw tooMuch("columns than " + MOST_FIELDS + ", counting those nested in others");
    }
    if (depth > MOST_DEPTH) {
      throw tooMuch("levels of nested columns than " + MOST_DEPTH);
    }
    spend(field.nameAsByteBuffer());
    for (int pair = 0; pair < field.customMetadataLength(); pair++) {
      spend(field.customMetadata(pair));
    }
    if (field.typeType() == Type.Timestamp) {
      Timestamp type = (Timestamp) field.type(new Timestamp());
      spend(type == null ? null : type.timezoneAsByteBuffer());
    } else if (field.typeType() == Type.Union) {
      Union type = (Union) field.type(new Union());
      spend(type == null ? 0 : (long) Integer.BYTES * type.typeIdsLength());
    }
    for (int child = 0; child < field.childrenLength(); child++) {
      spend(field.children(child), depth + 1);
    }
  }

  private void spend(KeyValue pair) {
    spend(PAIR_BYTES);
    spend(pair.keyAsByteBuffer());
    spend(pair.valueAsByteBuffer());
  }

  private void spend(@Nullable ByteBuffer text) {
    spend(text == null ? 0 : text.remaining());
  }

  private void spend(long more) {
    bytes += more;
    if (more < 0 || bytes > MOST_BYTES) {
      throw tooMuch("names and metadata than " + (MOST_BYTES >> 20) + " MiB");
    }
  }

  private static SluiceException tooMuch(String what) {
    return new SluiceException(
        ErrorCode.INVALID_PARAMETER, "The Arrow schema that was sent has more " + what);
  }
}
