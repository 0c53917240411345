package io.sluice.model;

/** What a replica can be used for. */
public enum ReplicaState {
  /** Its process or pod exists, but it does not answer yet. */
  STARTING,
  /** It answers and takes statements. */
  READY,
  /** It finishes what it has and takes nothing new. */
  DRAINING,
  /** It is gone; nothing on it can be saved. */
  DEAD
}
