package io.sluice.gateway.flight;

import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Whether batches of one schema can be read by another: the buffers are laid out by the types
 * alone, so names, nullability and metadata may differ.
 */
final class SchemaAgreement {

  private SchemaAgreement() {}

  static boolean agree(Schema advertised, Schema actual) {
    return agree(advertised.getFields(), actual.getFields());
  }

  private static boolean agree(List<Field> advertised, List<Field> actual) {
    if (advertised.size() != actual.size()) {
      return false;
    }
    for (int index = 0; index < actual.size(); index++) {
      Field left = advertised.get(index);
      Field right = actual.get(index);
      if (!left.getType().equals(right.getType())
          || left.getDictionary() != null
          || right.getDictionary() != null
          || !agree(left.getChildren(), right.getChildren())) {
        return false;
      }
    }
    return true;
  }
}
