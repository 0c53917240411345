package io.sluice.cluster;

import io.sluice.model.ProtectedAddress;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which of Spark's settings an operator may add to a cluster. A list of what is allowed: all of
 * them trade time against memory, or say how files and the network are used. None loads a class or
 * a jar, says what SQL means, which catalog answers, who may connect or what is logged, and none is
 * among those that {@link SparkConfiguration} relies on.
 */
public final class SparkSettings {

  private static final String ENDPOINT = "spark.hadoop.fs.s3a.endpoint";

  /** Spark speaks TLS where the address names no scheme. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?");

  private static final Set<String> ALLOWED =
      Set.of(
          "spark.broadcast.blockSize",
          "spark.broadcast.compress",
          "spark.cleaner.periodicGC.interval",
          "spark.default.parallelism",
          "spark.driver.memoryOverhead",
          "spark.driver.memoryOverheadFactor",
          "spark.dynamicAllocation.cachedExecutorIdleTimeout",
          "spark.dynamicAllocation.enabled",
          "spark.dynamicAllocation.executorAllocationRatio",
          "spark.dynamicAllocation.executorIdleTimeout",
          "spark.dynamicAllocation.initialExecutors",
          "spark.dynamicAllocation.maxExecutors",
          "spark.dynamicAllocation.minExecutors",
          "spark.dynamicAllocation.schedulerBacklogTimeout",
          "spark.dynamicAllocation.shuffleTracking.enabled",
          "spark.dynamicAllocation.shuffleTracking.timeout",
          "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout",
          "spark.excludeOnFailure.enabled",
          "spark.executor.cores",
          "spark.executor.heartbeatInterval",
          "spark.executor.instances",
          "spark.executor.memory",
          "spark.executor.memoryOverhead",
          "spark.executor.memoryOverheadFactor",
          "spark.files.maxPartitionBytes",
          "spark.hadoop.fs.s3a.connection.maximum",
          "spark.hadoop.fs.s3a.connection.timeout",
          ENDPOINT,
          "spark.hadoop.fs.s3a.endpoint.region",
          "spark.hadoop.fs.s3a.path.style.access",
          "spark.hadoop.fs.s3a.threads.max",
          "spark.io.compression.codec",
          "spark.io.compression.zstd.level",
          "spark.locality.wait",
          "spark.memory.fraction",
          "spark.memory.offHeap.enabled",
          "spark.memory.offHeap.size",
          "spark.memory.storageFraction",
          "spark.network.timeout",
          "spark.rdd.compress",
          "spark.reducer.maxSizeInFlight",
          "spark.rpc.askTimeout",
          "spark.rpc.message.maxSize",
          "spark.scheduler.maxRegisteredResourcesWaitingTime",
          "spark.scheduler.minRegisteredResourcesRatio",
          "spark.shuffle.compress",
          "spark.shuffle.file.buffer",
          "spark.shuffle.io.maxRetries",
          "spark.shuffle.io.retryWait",
          "spark.shuffle.service.enabled",
          "spark.shuffle.spill.compress",
          "spark.speculation",
          "spark.speculation.interval",
          "spark.speculation.multiplier",
          "spark.speculation.quantile",
          "spark.sql.adaptive.advisoryPartitionSizeInBytes",
          "spark.sql.adaptive.autoBroadcastJoinThreshold",
          "spark.sql.adaptive.coalescePartitions.enabled",
          "spark.sql.adaptive.coalescePartitions.initialPartitionNum",
          "spark.sql.adaptive.coalescePartitions.minPartitionSize",
          "spark.sql.adaptive.coalescePartitions.parallelismFirst",
          "spark.sql.adaptive.enabled",
          "spark.sql.adaptive.localShuffleReader.enabled",
          "spark.sql.adaptive.skewJoin.enabled",
          "spark.sql.adaptive.skewJoin.skewedPartitionFactor",
          "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes",
          "spark.sql.autoBroadcastJoinThreshold",
          "spark.sql.broadcastTimeout",
          "spark.sql.cbo.enabled",
          "spark.sql.files.maxPartitionBytes",
          "spark.sql.files.minPartitionNum",
          "spark.sql.files.openCostInBytes",
          "spark.sql.inMemoryColumnarStorage.batchSize",
          "spark.sql.inMemoryColumnarStorage.compressed",
          "spark.sql.join.preferSortMergeJoin",
          "spark.sql.leafNodeDefaultParallelism",
          "spark.sql.parquet.compression.codec",
          "spark.sql.shuffle.partitions",
          "spark.sql.sources.parallelPartitionDiscovery.parallelism",
          "spark.stage.maxConsecutiveAttempts",
          "spark.task.cpus",
          "spark.task.maxFailures");

  private SparkSettings() {}

  /** Returns the keys that may be set, in order. */
  public static Set<String> allowed() {
    return new TreeSet<>(ALLOWED);
  }

  /** Returns why a setting is refused, a sentence without the value; empty if it is allowed. */
  public static Optional<String> refusal(String key, String value) {
    if (!ALLOWED.contains(key)) {
      return Optional.of(
          "this setting of Spark's may not be given here: it is not among those that are known to"
              + " weaken nothing");
    }
    if (key.equals(ENDPOINT) && !HOST.matcher(value).matches() && !ProtectedAddress.is(value)) {
      return Optional.of(
          "the value is a host, or an address that begins with https://; http:// is for loopback"
              + " only, as the data of tables would be readable on its way");
    }
    return value.isBlank() || value.chars().anyMatch(c -> c < ' ' || c == 127)
        ? Optional.of("the value is empty or holds control characters")
        : Optional.empty();
  }
}
