package io.sluice.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.bench.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The journal of a gateway, by which is proved what ran on Spark and told what the gateway itself
 * took.
 *
 * @param folder where it and its rolled files lie
 */
public record GatewayJournal(Path folder) {

  private static final String FILE = "journal.jsonl";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Returns what the gateway itself took for each statement of one session that was given to Spark
   * and carried out there, in their order.
   *
   * @param client what the session's client calls itself, and no other does
   * @param since when it connected, or earlier
   */
  public Samples ran(String client, Instant since) throws IOException {
    Optional<String> session = Optional.empty();
    Set<String> given = new HashSet<>();
    Samples times = new Samples();
    for (Path file : files(since)) {
      try (Stream<String> lines = Files.lines(file)) {
        for (String line : (Iterable<String>) lines::iterator) {
          if (session.isEmpty() && line.contains(client)) {
            session = Optional.of(JSON.readTree(line).path("session").asText());
          }
          if (session.filter(line::contains).isPresent()) {
            JsonNode entry = JSON.readTree(line);
            String statement = entry.path("statement").asText();
            if (entry.has("reads")) {
              given.add(statement);
            } else if (entry.path("state").asText().equals("FINISHED")
                && given.contains(statement)) {
              times.add(entry.path("gateway_micros").asLong() * 1000);
            }
          }
        }
      }
    }
    return times;
  }

  /** Oldest first. */
  private List<Path> files(Instant since) throws IOException {
    record Dated(Path file, Instant changed) {}
    List<Dated> dated = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(one -> one.getFileName().toString().startsWith(FILE)).toList()) {
        dated.add(new Dated(file, Files.getLastModifiedTime(file).toInstant()));
      }
    }
    return dated.stream()
        // The clock of a file system goes in steps, some of them of a second.
        .filter(one -> one.changed().isAfter(since.minusSeconds(2)))
        .sorted(Comparator.comparing(Dated::changed))
        .map(Dated::file)
        .toList();
  }
}
