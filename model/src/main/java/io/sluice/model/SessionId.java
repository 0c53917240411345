package io.sluice.model;

import java.util.UUID;

/** Identifies one client session of the gateway; never a Spark session. */
public record SessionId(UUID value) {

  /** Returns a fresh random id. */
  public static SessionId random() {
    return new SessionId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
