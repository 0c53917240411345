package io.sluice.planner.statement;

import io.sluice.planner.policy.Access;

/** A privilege that a statement needs, and on what. */
public record Need(Access access, Subject subject) {

  /** What of a statement's names a privilege is needed on. */
  public enum Subject {
    SCHEMA("the schema"),
    TABLE("the table"),
    VIEW("the view"),
    NEW_TABLE("the new name");

    private final String words;

    Subject(String words) {
      this.words = words;
    }
  }

  @Override
  public String toString() {
    return access.type() + " on " + subject.words;
  }
}
