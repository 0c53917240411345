package io.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Clusters for people. */
final class ClusterText {

  private static final int SHOWN_DECISIONS = 10;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private ClusterText() {}

  /** Returns the text for what {@code GET /clusters} answers. */
  static String of(JsonNode clusters, Instant now) {
    StringBuilder text = new StringBuilder();
    for (JsonNode cluster : clusters) {
      append(cluster, now, text);
    }
    return text.toString();
  }

  private static void append(JsonNode cluster, Instant now, StringBuilder text) {
    int queued = cluster.path("queued").asInt();
    line(
        text,
        "cluster %s   %d to %d replicas, %s   %d running, %d waiting%s",
        plain(cluster.path("cluster")),
        cluster.path("min").asInt(),
        cluster.path("max").asInt(),
        plain(cluster.path("policy")),
        cluster.path("running").asInt(),
        queued,
        queued == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", the oldest for %.1f s",
                cluster.path("oldestWaitSeconds").asDouble()));
    for (JsonNode replica : cluster.path("replicas")) {
      Duration age = Duration.between(Instant.parse(replica.path("since").asText()), now);
      line(
          text,
          "  %-14s %-9s %8s   %d of %d",
          plain(replica.path("id")),
          plain(replica.path("state")),
          age(age),
          replica.path("running").asInt(),
          cluster.path("permits").asInt());
    }
    if (cluster.path("replicas").isEmpty()) {
      line(text, "  no replica");
    }
    line(text, "  now            %s", plain(cluster.path("standing")));
    int shown = 0;
    for (JsonNode decision : cluster.path("decisions")) {
      if (shown++ == SHOWN_DECISIONS) {
        break;
      }
      line(
          text,
          "  %s  %-16s %s",
          TIME.format(Instant.parse(decision.path("at").asText())),
          plain(decision.path("action")),
          plain(decision.path("reason")));
    }
  }

  private static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  /** A server's text must not steer the terminal. */
  private static String plain(JsonNode node) {
    return node.asText().replaceAll("\\p{Cntrl}", "?");
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
