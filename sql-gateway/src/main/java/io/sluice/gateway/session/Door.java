package io.sluice.gateway.session;

import java.util.Locale;

/** The protocol that a session was opened by. */
public enum Door {
  /** Arrow Flight SQL. */
  FLIGHT,
  /** The statements REST API. */
  REST,
  /** Avatica over HTTP. */
  AVATICA,
  /** HiveServer2, by Thrift or over HTTP. */
  HIVE;

  /** Returns its name as metrics have it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
