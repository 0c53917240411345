package io.sluice.cluster;

/** Where a replica runs, with what its provisioner needs there. Equal places, equal replicas. */
public interface ReplicaPlace {

  /** A process on the gateway's own host, which needs nothing more. */
  ReplicaPlace HERE = new Here();

  /** A process on the gateway's own host. */
  record Here() implements ReplicaPlace {}
}
