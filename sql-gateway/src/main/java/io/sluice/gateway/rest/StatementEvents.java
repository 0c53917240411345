package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells a statement's states and progress as server-sent events, until it has ended: an event
 * {@code status} with the fields of a status whenever they change, a comment every few seconds in
 * between.
 */
final class StatementEvents {

  private static final long LOOK_MILLIS = 250;

  /** How long a client may leave an event unread. */
  static final Duration STALL = Duration.ofMinutes(1);

  private static final int LOOKS_PER_COMMENT = 40;

  private final StatementCalls statements;
  private final StatementJson json;
  private final Executor blocking;
  private final ScheduledExecutorService timer;
  private final InstantSource clock;
  private final Slots slots;

  StatementEvents(
      StatementCalls statements,
      StatementJson json,
      int most,
      int mostOfOneUser,
      Executor blocking,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.statements = statements;
    this.json = json;
    this.blocking = blocking;
    this.timer = timer;
    this.clock = clock;
    this.slots =
        new Slots(
            most,
            mostOfOneUser,
            "Too many streams of events are open. Close one, or ask for the status.");
  }

  List<Route> routes() {
    return List.of(
        Route.of(
            HttpMethod.GET,
            StatementsApi.STATEMENTS + "/{statement_id}/events",
            call -> CompletableFuture.supplyAsync(() -> open(call), blocking)));
  }

  private HttpResponse open(Call call) {
    RestStatement statement = statements.statement(call);
    Runnable leave = slots.enter(statement.principal().name());
    call.context().clearRequestTimeout();
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.whenComplete().whenComplete((done, failure) -> leave.run()).exceptionally(gone -> null);
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .add("cache-control", "no-store")
            .build());
    new Stream(statement, writer).look();
    return writer;
  }

  /** Ends the stream of a client that does not read; nobody is told. */
  private static final class StalledReaderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StalledReaderException() {
      super("the client reads no events", null, false, false);
    }
  }

  /** One client's stream; a look at the statement follows the one before. */
  private final class Stream {
    private final RestStatement statement;
    private final HttpResponseWriter writer;
    private String told = "";
    private int silentLooks;
    private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
    private Instant takenAt = clock.instant();

    Stream(RestStatement statement, HttpResponseWriter writer) {
      this.statement = statement;
      this.writer = writer;
    }

    void look() {
      if (!writer.isOpen()) {
        return;
      }
      if (!taken.isDone()) {
        // A client that does not read holds one event, and is not told another until it does.
        if (clock.instant().isBefore(takenAt.plus(STALL))) {
          later();
        } else {
          // What is closed waits for its reader; what is aborted does not.
          writer.abort(new StalledReaderException());
        }
        return;
      }
      takenAt = clock.instant();
      boolean ended = statement.hasEnded();
      statement.asked();
      ObjectNode now = status();
      String known = withoutTimes(now).toString();
      if (!known.equals(told)) {
        told = known;
        silentLooks = 0;
        write("event: status\ndata: " + now + "\n\n");
      } else if (++silentLooks % LOOKS_PER_COMMENT == 0) {
        write(": it goes on\n\n");
      }
      if (ended) {
        writer.close();
      } else {
        taken = writer.whenConsumed();
        later();
      }
    }

    private void later() {
      timer.schedule(
          () -> {
            try {
              blocking.execute(this::look);
            } catch (RejectedExecutionException overloaded) {
              writer.close(overloaded);
            }
          },
          LOOK_MILLIS,
          TimeUnit.MILLISECONDS);
    }

    /** The fields that change by themselves as time goes by are no event. */
    private ObjectNode status() {
      ObjectNode event = JsonNodeFactory.instance.objectNode();
      event.put("statement_id", statement.id().toString());
      event.set("status", json.status(statement));
      ObjectNode stats = json.stats(statement);
      if (!statement.hasEnded()) {
        stats.retain("progress", StatementJson.QUEUE);
      }
      event.set("stats", stats);
      return event;
    }

    private ObjectNode withoutTimes(ObjectNode event) {
      ObjectNode known = event.deepCopy();
      if (known.path("stats").path(StatementJson.QUEUE) instanceof ObjectNode queue) {
        queue.remove(StatementJson.EXPECTED_WAIT);
      }
      return known;
    }

    private void write(String text) {
      if (!writer.tryWrite(HttpData.ofUtf8(text))) {
        writer.close();
      }
    }
  }
}
