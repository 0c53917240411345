package io.sluice.gateway.main;

import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.LocalSettings;
import io.sluice.cluster.ReplicaSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/** What a cluster's Spark servers run on, and how large each is. */
sealed interface ClusterHost {

  /**
   * Returns what every server is like.
   *
   * @param configuration Spark's settings beside those that Sluice itself needs
   */
  ReplicaSpec replica(Map<String, String> configuration);

  /** Opens what starts the servers; closing it ends them. */
  LocalReplicaProvisioner open(Installation installation, Path java, Threads threads)
      throws IOException;

  /**
   * Processes beside the gateway.
   *
   * @param directory for their logs and scratch files; this cluster's alone
   * @param heap of each, as Java's {@code -Xmx} takes it
   * @param taskSlots of each, at least 1
   */
  record Local(Path directory, String heap, int taskSlots) implements ClusterHost {

    @Override
    public ReplicaSpec replica(Map<String, String> configuration) {
      return new ReplicaSpec(taskSlots, heap, Version.ofSpark(), configuration);
    }

    @Override
    public LocalReplicaProvisioner open(Installation installation, Path java, Threads threads)
        throws IOException {
      PrivateFolder.make(directory);
      PrivateFolder.make(directory.resolve("logs"));
      LocalReplicaProvisioner provisioner =
          new LocalReplicaProvisioner(
              LocalSettings.of(java, installation.sparkClassPath(), directory),
              threads.blocking(),
              threads.timer(),
              new SecureRandom());
      // It has just emptied the folder; what it makes anew would be open to other users.
      PrivateFolder.make(directory.resolve("replicas"));
      return provisioner;
    }
  }
}
