package io.sluice.cluster.kubernetes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Divides what a gateway tells among so many Leases that the API server takes each: all that the
 * annotations of an object say may be 256 KiB long. A cluster stays in its part as long as there
 * are as many parts.
 */
final class LoadParts {

  /** Of one part's JSON, in characters; names of clusters and replicas are ASCII. */
  static final int LONGEST = 200_000;

  /** Beside a cluster's own JSON: its quotes, its colon, its comma. */
  private static final int AROUND = 4;

  private LoadParts() {}

  /**
   * Returns the parts, each of them the JSON of an object with a field for each of its clusters.
   *
   * @param texts the JSON of each cluster, by its name, which is that of an object of Kubernetes
   * @param least how many there are in any case, at least 1
   */
  static List<String> divide(Map<String, String> texts, int least) {
    int parts = least;
    while (parts < texts.size() && longest(texts, parts) > LONGEST) {
      parts++;
    }
    List<StringBuilder> divided = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      divided.add(new StringBuilder("{"));
    }
    new TreeMap<>(texts)
        .forEach(
            (cluster, text) -> {
              StringBuilder part = divided.get(part(cluster, divided.size()));
              part.append(part.length() == 1 ? "\"" : ",\"").append(cluster);
              part.append("\":").append(text);
            });
    return divided.stream().map(part -> part.append('}').toString()).toList();
  }

  private static int longest(Map<String, String> texts, int parts) {
    int[] lengths = new int[parts];
    texts.forEach(
        (cluster, text) ->
            lengths[part(cluster, parts)] += cluster.length() + text.length() + AROUND);
    int longest = 0;
    for (int length : lengths) {
      longest = Math.max(longest, length);
    }
    return longest;
  }

  private static int part(String cluster, int parts) {
    return Math.floorMod(cluster.hashCode(), parts);
  }
}
