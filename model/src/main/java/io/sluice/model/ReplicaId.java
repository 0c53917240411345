package io.sluice.model;

/** Names one Spark Connect server of a cluster, for example {@code local-1}; never reused. */
public record ReplicaId(String value) {

  @Override
  public String toString() {
    return value;
  }
}
