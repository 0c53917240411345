package io.sluice.planner.variable;

import io.sluice.planner.parse.Identifiers;
import java.util.Optional;
import java.util.Set;

/**
 * A variable of one session. Spark has it only while a statement that names it runs.
 *
 * @param name compared without regard to case
 * @param type as Spark reads it
 * @param defaultText the expression to which SET … = DEFAULT takes it back; it reads no table
 * @param literal its value, as an expression of literals
 * @param sources what the value was read from
 */
public record SessionVariable(
    String name,
    String type,
    Optional<String> defaultText,
    String literal,
    Set<ValueSource> sources) {

  public SessionVariable {
    sources = Set.copyOf(sources);
  }

  /** Returns the statement that gives Spark the variable, its value for its default. */
  public String declaration() {
    return "DECLARE OR REPLACE VARIABLE "
        + quotedName()
        + " "
        + type
        + " DEFAULT CAST("
        + literal
        + " AS "
        + type
        + ")";
  }

  /** Returns the statement that gives Spark the variable as it was declared. */
  public String declarationWithDefault() {
    return "DECLARE OR REPLACE VARIABLE "
        + quotedName()
        + " "
        + type
        + " DEFAULT "
        + defaultText.orElse("NULL");
  }

  /** Returns the statement that gives the variable in Spark its value. */
  public String assignment() {
    return "SET VARIABLE " + quotedName() + " = CAST(" + literal + " AS " + type + ")";
  }

  /** Returns the name in full. */
  public String quotedName() {
    return "system.session." + Identifiers.quote(name);
  }

  /** Returns how many characters it holds. */
  int characters() {
    return name.length()
        + type.length()
        + literal.length()
        + defaultText.map(String::length).orElse(0);
  }

  /** Tells the name alone; the value may be anything. */
  @Override
  public String toString() {
    return name;
  }
}
