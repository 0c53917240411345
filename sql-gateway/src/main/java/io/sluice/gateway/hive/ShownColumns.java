package io.sluice.gateway.hive;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Which columns of a result a client gets: all of them, or one alone where it reads the first
 * column of a list whatever that is.
 *
 * @param only the name of that column; empty for all
 */
record ShownColumns(String only) {

  static final ShownColumns ALL = new ShownColumns("");

  Schema schema(Schema whole) {
    return only.isEmpty()
        ? whole
        : new Schema(
            whole.getFields().stream().filter(field -> field.getName().equals(only)).toList());
  }

  List<FieldVector> of(List<FieldVector> whole) {
    return only.isEmpty()
        ? whole
        : whole.stream().filter(vector -> vector.getName().equals(only)).toList();
  }
}
