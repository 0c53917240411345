package io.sluice.gateway.main;

import io.sluice.cluster.SparkSettings;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.configuration.Section;
import io.sluice.planner.catalog.CatalogConfiguration;
import io.sluice.router.AdmissionLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a configuration says of the clusters that it defines itself. */
final class ServeClusters {

  private static final int MOST_REPLICAS = 1000;
  private static final int MOST_SLOTS = 1024;
  private static final int MOST_WAITING = 100_000;

  private ServeClusters() {}

  /**
   * @param catalogs what the clusters' servers have in common
   * @param data the gateway's own folder
   */
  static List<ClusterDefinition> read(
      Section root, List<CatalogConfiguration> catalogs, Path data) {
    List<ClusterDefinition> definitions = new ArrayList<>();
    root.named("clusters")
        .forEach((name, section) -> definitions.add(cluster(name, section, catalogs, data)));
    return List.copyOf(definitions);
  }

  private static ClusterDefinition cluster(
      String name, Section section, List<CatalogConfiguration> catalogs, Path data) {
    Map<String, String> spark = new HashMap<>();
    Section own = section.section("spark");
    section
        .entries("spark")
        .forEach(
            (key, value) ->
                SparkSettings.refusal(key, value)
                    .ifPresentOrElse(
                        refusal -> {
                          throw own.wrong(key, refusal + "; docs/serve.md lists what may be");
                        },
                        () -> spark.put(key, value)));
    spark.putAll(SparkCatalogs.configuration(catalogs));
    return new ClusterDefinition(
        name,
        Set.copyOf(section.texts("groups")),
        host(name, section, data),
        spark,
        scaling(section),
        admission(section));
  }

  /** One section for each kind of host; there is one kind. */
  private static ClusterHost host(String name, Section section, Path data) {
    Section provisioner = section.section("provisioner");
    if (!provisioner.has("local")) {
      throw section.wrong(
          "provisioner", "say what the Spark servers run on: local, with the keys that it has");
    }
    Section local = provisioner.section("local");
    String heap = local.text("heap");
    if (!heap.matches("[1-9][0-9]{0,5}[mg]")) {
      throw local.wrong("heap", "the value is a size in m or g, such as 2g");
    }
    return new ClusterHost.Local(
        data.resolve("clusters").resolve(name), heap, local.number("taskSlots", 1, MOST_SLOTS));
  }

  private static ScalingSettings scaling(Section section) {
    Section replicas = section.section("replicas");
    int min = replicas.number("min", 0, MOST_REPLICAS);
    int max = replicas.number("max", 1, MOST_REPLICAS);
    if (max < min) {
      throw replicas.wrong("max", "the value is below that of min");
    }
    ScalingPolicy policy;
    try {
      policy = ScalingPolicy.named(section.text("scaling"));
    } catch (IllegalArgumentException unknown) {
      throw section.wrong("scaling", String.valueOf(unknown.getMessage()));
    }
    return new ScalingSettings(min, max, policy, replicas.duration("drain", Duration.ZERO), 0);
  }

  private static AdmissionLimits admission(Section section) {
    Section concurrency = section.section("concurrency");
    int perSlot = concurrency.number("perSlot", 1, MOST_SLOTS);
    int most = concurrency.number("most", 1, MOST_SLOTS);
    if (most < perSlot) {
      throw concurrency.wrong("most", "the value is below that of perSlot");
    }
    Section queue = section.section("queue");
    return new AdmissionLimits(
        perSlot,
        most,
        queue.number("length", 0, MOST_WAITING),
        queue.duration("timeout", Duration.ofSeconds(1)));
  }
}
