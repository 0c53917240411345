package io.sluice.cluster.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an object that the API server sent; a field of another type is refused. */
public final class ResourceFields {

  private final String path;
  private final Map<String, Object> values;

  /**
   * The fields of an object.
   *
   * @param path where it stands, for messages, for example {@code spec}
   * @param values as JSON has them
   */
  public ResourceFields(String path, Map<String, Object> values) {
    this.path = path;
    this.values = values;
  }

  boolean has(String field) {
    return values.get(field) != null;
  }

  /** Returns an object's fields; none where there is none. */
  ResourceFields object(String field) {
    return new ResourceFields(path(field), map(field));
  }

  /** Returns the names of the fields, in order. */
  Set<String> names() {
    return new TreeSet<>(values.keySet());
  }

  /** Returns all of them, as JSON has them. */
  Map<String, Object> all() {
    return values;
  }

  /** Returns where a field stands, for messages. */
  String path(String field) {
    return path + "." + field;
  }

  /** Returns the items of a list of objects; none where there is none. */
  List<ResourceFields> objects(String field) {
    List<?> items = typed(field, List.class, "a list of objects");
    List<ResourceFields> objects = new ArrayList<>();
    for (int index = 0; items != null && index < items.size(); index++) {
      if (!(items.get(index) instanceof Map)) {
        throw wrong(field, "a list of objects");
      }
      objects.add(new ResourceFields(path(field) + "[" + index + "]", fields(items.get(index))));
    }
    return objects;
  }

  @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
  private static Map<String, Object> fields(Object object) {
    return (Map<String, Object>) object;
  }

  Map<String, Object> map(String field) {
    Object value = values.get(field);
    if (value == null) {
      return Map.of();
    }
    if (value instanceof Map) {
      return fields(value);
    }
    throw wrong(field, "an object");
  }

  Map<String, String> texts(String field) {
    Map<String, String> texts = new TreeMap<>();
    map(field)
        .forEach(
            (key, value) -> {
              if (!(value instanceof String text)) {
                throw wrong(field + "." + key, "a text");
              }
              texts.put(key, text);
            });
    return texts;
  }

  /** Returns a list of texts; none where there is none. */
  List<String> list(String field) {
    List<?> items = typed(field, List.class, "a list of texts");
    if (items == null) {
      return List.of();
    }
    return items.stream()
        .map(
            item -> {
              if (!(item instanceof String text) || text.isBlank()) {
                throw wrong(field, "a list of texts");
              }
              return text;
            })
        .distinct()
        .toList();
  }

  String text(String field, String fallback) {
    return optionalText(field).orElse(fallback);
  }

  Optional<String> optionalText(String field) {
    return Optional.ofNullable(typed(field, String.class, "a text"));
  }

  boolean flag(String field) {
    return Boolean.TRUE.equals(typed(field, Boolean.class, "true or false"));
  }

  int integer(String field, int fallback) {
    Number number = typed(field, Number.class, "a whole number");
    if (number == null) {
      return fallback;
    }
    if (number.doubleValue() != number.intValue()) {
      throw wrong(field, "a whole number");
    }
    return number.intValue();
  }

  double number(String field, double fallback) {
    Number number = typed(field, Number.class, "a number");
    return number == null ? fallback : number.doubleValue();
  }

  private <T> @Nullable T typed(String field, Class<T> type, String called) {
    Object value = values.get(field);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw wrong(field, called);
    }
    return type.cast(value);
  }

  private IllegalArgumentException wrong(String field, String called) {
    return new IllegalArgumentException(path(field) + " must be " + called);
  }
}
