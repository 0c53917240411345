package io.sluice.cluster.autoscale;

import io.sluice.model.ReplicaId;

/** One thing to be done to a cluster's replicas, and why. */
public sealed interface ScalingDecision {

  /** Returns why, for people: with the figures that it was decided from, without users or SQL. */
  String reason();

  /** Returns what is to be done, for people, for example {@code drain main-2}. */
  String action();

  /** New replicas are to be started for the cluster. */
  record Start(int replicas, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "start " + replicas;
    }
  }

  /** A replica is to be started that takes the place of one of an older kind once it is ready. */
  record Replace(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "replace " + replica;
    }
  }

  /** New replicas are to be started for the warm pool, where they serve nobody until claimed. */
  record Warm(int replicas, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "warm " + replicas;
    }
  }

  /** A replica of the warm pool becomes one of the cluster. */
  record Claim(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "claim " + replica;
    }
  }

  /** A replica gets no new statements and ends when it has none left. */
  record Drain(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "drain " + replica;
    }
  }

  /** A draining replica serves again. */
  record Undrain(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "undrain " + replica;
    }
  }

  /** The statements of a draining replica are to be ended; it has waited for them long enough. */
  record Interrupt(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "interrupt " + replica;
    }
  }

  /** A replica is to be ended for good. */
  record Stop(ReplicaId replica, String reason) implements ScalingDecision {
    @Override
    public String action() {
      return "stop " + replica;
    }
  }
}
