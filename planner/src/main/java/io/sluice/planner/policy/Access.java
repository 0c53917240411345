package io.sluice.planner.policy;

import java.util.Locale;

/** What a statement does to an object, other than reading it; as Ranger's Hive service has it. */
public enum Access {
  /** Adds, changes or removes rows. */
  UPDATE,
  CREATE,
  DROP,
  ALTER;

  /** Returns Ranger's name: lower case, always, for with any other spelling Ranger fails open. */
  public String type() {
    return name().toLowerCase(Locale.ROOT);
  }
}
