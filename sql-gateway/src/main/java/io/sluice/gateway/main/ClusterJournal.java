package io.sluice.gateway.main;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the autoscaler's decisions into the journal's log, beside the statements' states. */
final class ClusterJournal implements Consumer<MadeDecision> {

  private static final Logger LINES = LoggerFactory.getLogger("io.sluice.journal");

  private final ObjectMapper json = new ObjectMapper();
  private final String cluster;

  ClusterJournal(String cluster) {
    this.cluster = cluster;
  }

  @Override
  public void accept(MadeDecision decision) {
    try {
      LINES.info(
          json.writeValueAsString(
              json.createObjectNode()
                  .put("time", decision.at().toString())
                  .put("cluster", cluster)
                  .put("decision", decision.action())
                  .put("reason", decision.reason())));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a line of strings is JSON", impossible);
    }
  }
}
