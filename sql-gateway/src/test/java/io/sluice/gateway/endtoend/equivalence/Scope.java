package io.sluice.gateway.endtoend.equivalence;

import static io.sluice.gateway.endtoend.equivalence.TestTable.quoted;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The relations that stand in one FROM, and how their columns can be named there. */
final class Scope {

  /**
   * A column of a relation.
   *
   * @param denied what a refusal names when the column is used, {@code table/column} or {@code
   *     table}; empty when it may be read
   */
  record Field(String name, ColumnType type, Optional<String> denied) {

    static Field of(String name, ColumnType type) {
      return new Field(name, type, Optional.empty());
    }
  }

  /**
   * A relation.
   *
   * @param qualifiers what may stand before its columns; empty for those that a join has merged
   */
  record Source(List<String> qualifiers, List<Field> fields) {

    Source {
      qualifiers = List.copyOf(qualifiers);
      fields = List.copyOf(fields);
    }

    boolean hidesColumns() {
      return fields.stream().anyMatch(field -> field.denied().isPresent());
    }
  }

  /** A column that a text can name. */
  record Choice(Source source, Field field) {}

  private final List<Source> sources = new ArrayList<>();

  List<Source> sources() {
    return sources;
  }

  Scope add(Source source) {
    sources.add(source);
    return this;
  }

  List<Choice> choices(ColumnType type) {
    List<Choice> choices = new ArrayList<>();
    for (Source source : sources) {
      for (Field field : source.fields()) {
        if (field.type() == type) {
          choices.add(new Choice(source, field));
        }
      }
    }
    return choices;
  }

  List<Choice> choices() {
    List<Choice> choices = new ArrayList<>();
    sources.forEach(
        source -> source.fields().forEach(field -> choices.add(new Choice(source, field))));
    return choices;
  }

  /** Returns whether a column's name alone says which column it is. */
  boolean isUnique(String name) {
    return named(name).size() == 1;
  }

  /** Returns the columns that a name alone may mean. */
  List<Field> named(String name) {
    return choices().stream()
        .map(Choice::field)
        .filter(field -> isSame(field.name(), name))
        .toList();
  }

  static boolean isSame(String name, String other) {
    return name.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
  }

  /** Returns the column's name behind a qualifier. */
  static String qualified(String qualifier, String column) {
    return qualifier + "." + quoted(column);
  }
}
