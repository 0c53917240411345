package io.sluice.cluster;

import java.util.Map;

/**
 * What every replica of a cluster is like.
 *
 * @param taskSlots how many Spark tasks run at a time
 * @param heap the JVM's largest heap as {@code -Xmx} takes it, for example {@code 2g}
 * @param sparkVersion which Spark must report, since the gateway parses with its grammar
 * @param configuration Spark's settings beside {@link SparkConfiguration#required(ReplicaSpec)},
 *     which win; catalogs, for instance. Values may be secret
 * @param place where it runs, with what is needed there
 */
public record ReplicaSpec(
    int taskSlots,
    String heap,
    String sparkVersion,
    Map<String, String> configuration,
    ReplicaPlace place) {

  public ReplicaSpec {
    if (taskSlots < 1) {
      throw new IllegalArgumentException("a replica needs a task slot");
    }
    if (!heap.matches("[1-9][0-9]*[mg]")) {
      throw new IllegalArgumentException("not a heap size such as 2g: " + heap);
    }
    configuration = Map.copyOf(configuration);
  }

  /** A replica that is a process on the gateway's own host. */
  public ReplicaSpec(
      int taskSlots, String heap, String sparkVersion, Map<String, String> configuration) {
    this(taskSlots, heap, sparkVersion, configuration, ReplicaPlace.HERE);
  }

  /** Leaves the settings out. */
  @Override
  public String toString() {
    return "Spark " + sparkVersion + " with " + taskSlots + " task slots and " + heap + " of heap";
  }
}
