package io.sluice.model;

/** Whose fault an error is. */
public enum Fault {
  /** The statement, its parameters or its credentials. */
  USER,
  /** A policy or configuration that an administrator must mend. */
  OPERATOR,
  /** Sluice itself. */
  GATEWAY,
  /** Spark, or the machine it runs on. */
  CLUSTER
}
