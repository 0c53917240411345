package io.sluice.planner.procedure;

/**
 * A parameter of a procedure, in the order of Iceberg's own declaration.
 *
 * @param name in lower case
 */
public record Parameter(String name, ArgumentKind kind, boolean required) {

  static Parameter required(String name, ArgumentKind kind) {
    return new Parameter(name, kind, true);
  }

  static Parameter optional(String name, ArgumentKind kind) {
    return new Parameter(name, kind, false);
  }
}
