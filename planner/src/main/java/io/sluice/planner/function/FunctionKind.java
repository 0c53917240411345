package io.sluice.planner.function;

/** What a function does with rows, as far as it matters who may call it where. */
public enum FunctionKind {
  /** The same arguments give the same value within a statement. */
  SCALAR,
  /** Many rows make one. */
  AGGREGATE,
  /** Looks at a window of rows. */
  WINDOW,
  /** One row makes many. */
  GENERATOR,
  /** The same arguments may give different values. */
  VOLATILE,
  /** The user's name; replaced by a literal, as Spark knows the gateway's account only. */
  PRINCIPAL,
  /** The session's catalog; replaced by a literal, as it lives in the gateway. */
  CATALOG,
  /** The session's schema; replaced likewise. */
  SCHEMA
}
