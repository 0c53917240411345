package io.sluice.gateway.hive;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Which columns of a result a client gets: all of them, or one alone where it reads the first
 * column of a list whatever that is.
 *
 * @param only the name of that column; empty for all, which a result without it shows too
 * @param name what the client is told of its name
 */
record ShownColumns(String only, String name) {

  static final ShownColumns ALL = new ShownColumns("", "");

  Schema schema(Schema whole) {
    if (only.isEmpty()) {
      return whole;
    }
    List<Field> shown =
        whole.getFields().stream()
            .filter(field -> field.getName().equals(only))
            .map(field -> new Field(name, field.getFieldType(), field.getChildren()))
            .toList();
    return shown.isEmpty() ? whole : new Schema(shown);
  }

  List<FieldVector> of(List<FieldVector> whole) {
    if (only.isEmpty()) {
      return whole;
    }
    List<FieldVector> shown =
        whole.stream().filter(vector -> vector.getName().equals(only)).toList();
    return shown.isEmpty() ? whole : shown;
  }
}
