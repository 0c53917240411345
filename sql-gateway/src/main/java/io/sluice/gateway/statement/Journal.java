package io.sluice.gateway.statement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.ValueSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every statement with its states and its ending: the latest in memory, all as JSON lines in the
 * log {@code io.sluice.journal}. It holds no SQL text, parameter or error text: names, states,
 * counts, codes, and the ids of the policies that applied to what a run reads.
 */
public final class Journal {

  private static final Logger LINES = LoggerFactory.getLogger("io.sluice.journal");
  private static final int KEPT = 10_000;

  private final ObjectMapper json = new ObjectMapper();
  private final InstantSource clock;
  private final Consumer<EndedStatement> endings;
  private final Map<UUID, Entry> living = new LinkedHashMap<>();
  private final Deque<Entry> ended = new ArrayDeque<>();

  /** One whose endings nobody counts. */
  public Journal(InstantSource clock) {
    this(clock, ended -> {});
  }

  /**
   * @param endings is told of every statement that has ended, once; neither blocks nor throws
   */
  public Journal(InstantSource clock, Consumer<EndedStatement> endings) {
    this.clock = clock;
    this.endings = endings;
  }

  void received(ManagedStatement statement, int characters) {
    Instant now = clock.instant();
    Entry entry =
        new Entry(
            statement.id().value(),
            statement.session().id().value(),
            statement.session().principal().name(),
            StatementState.RECEIVED,
            now,
            now,
            "",
            "",
            "",
            statement.session().tags(statement.session().configuration()));
    synchronized (living) {
      living.put(entry.statement(), entry);
    }
    ObjectNode line = line(entry, "").put("characters", characters);
    if (!statement.session().clientName().isEmpty()) {
      line.put("client", statement.session().clientName());
    }
    if (!entry.tags().isEmpty()) {
      entry.tags().forEach(line.putArray("tags")::add);
    }
    print(line);
  }

  void moved(ManagedStatement statement, StatementState state, String detail) {
    moved(statement, state, detail, line -> {});
  }

  /**
   * Notes that a query or command goes to Spark, what it reads and writes, and under what.
   *
   * @param operation its id on Spark
   */
  void runs(ManagedStatement statement, String replica, Analysis.SparkQuery query, UUID operation) {
    moved(
        statement,
        StatementState.RUNNING,
        replica,
        line -> {
          if (!operation.equals(statement.id().value())) {
            line.put("operation", operation.toString());
          }
          addRelations(line, query);
        });
  }

  private void moved(
      ManagedStatement statement, StatementState state, String detail, Consumer<ObjectNode> more) {
    Entry entry;
    synchronized (living) {
      Entry before = living.get(statement.id().value());
      if (before == null) {
        // It ended meanwhile, and nothing follows an ending.
        return;
      }
      entry = before.on(cluster(statement)).at(state, clock.instant(), detail, "");
      living.put(entry.statement(), entry);
    }
    ObjectNode line = line(entry, detail);
    more.accept(line);
    print(line);
  }

  private static String cluster(ManagedStatement statement) {
    return statement.route().map(StatementRoute::cluster).orElse("");
  }

  private static void addRelations(ObjectNode line, Analysis.SparkQuery query) {
    ArrayNode reads = line.putArray("reads");
    for (Analysis.RelationUse use : query.relations()) {
      ObjectNode read = reads.addObject().put("table", use.table().toString());
      read.put("restricted", use.restricted());
      use.policyIds().forEach(read.putArray("policies")::add);
    }
    addVariables(line, query);
    if (query.command()) {
      query.writes().forEach(line.putArray("writes")::add);
    }
  }

  /** A variable's value may have come from under a policy, and goes where the statement puts it. */
  private static void addVariables(ObjectNode line, Analysis.SparkQuery query) {
    String text = query.sql().toLowerCase(Locale.ROOT);
    List<SessionVariable> named =
        query.variables().stream()
            .filter(variable -> text.contains(variable.name().toLowerCase(Locale.ROOT)))
            .toList();
    if (named.isEmpty()) {
      return;
    }
    ArrayNode variables = line.putArray("variables");
    for (SessionVariable variable : named) {
      ArrayNode sources = variables.addObject().put("name", variable.name()).putArray("reads");
      for (ValueSource source : variable.sources()) {
        ObjectNode read = sources.addObject().put("table", source.relation().toString());
        read.put("restricted", source.decision().isRestricted());
        source.decision().policyIds().forEach(read.putArray("policies")::add);
      }
    }
  }

  void ended(
      ManagedStatement statement,
      StatementState state,
      @Nullable SluiceException error,
      String detail,
      long rows,
      long bytes) {
    String code = error == null ? "" : error.code().name();
    Entry entry;
    synchronized (living) {
      Entry before = living.remove(statement.id().value());
      if (before == null) {
        throw new IllegalStateException("statement " + statement.id() + " is not in the journal");
      }
      entry = before.on(cluster(statement)).at(state, clock.instant(), detail, code);
      ended.addLast(entry);
      if (ended.size() > KEPT) {
        ended.removeFirst();
      }
    }
    ObjectNode line = line(entry, detail);
    line.put("milliseconds", Duration.between(entry.received(), entry.changed()).toMillis());
    line.put("rows", rows);
    line.put("bytes", bytes);
    statement
        .inGateway()
        .ifPresent(
            spent -> line.put("gateway_micros", TimeUnit.NANOSECONDS.toMicros(spent.toNanos())));
    if (!code.isEmpty()) {
      line.put("error", code);
    }
    print(line);
    endings.accept(EndedStatement.of(statement, error, rows, bytes));
  }

  /** Returns the statements that ended last, oldest first, and then those that have not ended. */
  public List<Entry> recent() {
    synchronized (living) {
      List<Entry> all = new ArrayList<>(ended);
      all.addAll(living.values());
      return all;
    }
  }

  private ObjectNode line(Entry entry, String detail) {
    ObjectNode line = json.createObjectNode();
    line.put("time", entry.changed().toString());
    line.put("statement", entry.statement().toString());
    line.put("session", entry.session().toString());
    line.put("user", entry.user());
    line.put("state", entry.state().name());
    if (!entry.cluster().isEmpty()) {
      line.put("cluster", entry.cluster());
    }
    if (!detail.isEmpty()) {
      line.put("detail", detail);
    }
    return line;
  }

  private void print(ObjectNode line) {
    try {
      LINES.info(json.writeValueAsString(line));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a line of strings and numbers is JSON", impossible);
    }
  }

  /**
   * A statement as the journal has it.
   *
   * @param detail the replica that owns it once it is routed; the error class once it failed; the
   *     reason, in the gateway's own words, once it was cancelled
   * @param errorCode of the closed vocabulary; empty unless it failed or was cancelled
   * @param cluster that it runs on or waits for; empty before it is routed, and off Spark
   * @param tags that its session had when it came
   */
  public record Entry(
      UUID statement,
      UUID session,
      String user,
      StatementState state,
      Instant received,
      Instant changed,
      String detail,
      String errorCode,
      String cluster,
      List<String> tags) {

    public Entry {
      tags = List.copyOf(tags);
    }

    private Entry at(StatementState next, Instant when, String why, String code) {
      return new Entry(statement, session, user, next, received, when, why, code, cluster, tags);
    }

    private Entry on(String routedTo) {
      return new Entry(
          statement, session, user, state, received, changed, detail, errorCode, routedTo, tags);
    }
  }
}
