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
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a statement's states and progress as server-sent events, until it has ended: an event
 * {@code status} with the fields of a status whenever they change, a comment every few seconds in
 * between.
 */
final class StatementEvents {

  private static final long LOOK_MILLIS = 250;
  private static final int LOOKS_PER_COMMENT = 40;

  private final StatementCalls statements;
  private final StatementJson json;
  private final int most;
  private final Executor blocking;
  private final ScheduledExecutorService timer;
  private final AtomicInteger streams = new AtomicInteger();

  StatementEvents(
      StatementCalls statements,
      StatementJson json,
      int most,
      Executor blocking,
      ScheduledExecutorService timer) {
    this.statements = statements;
    this.json = json;
    this.most = most;
    this.blocking = blocking;
    this.timer = timer;
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
    if (streams.incrementAndGet() > most) {
      streams.decrementAndGet();
      throw new SluiceException(
          ErrorCode.QUEUE_FULL, "Too many streams of events are open. Ask for the status.");
    }
    call.context().clearRequestTimeout();
    HttpResponseWriter writer = HttpResponse.streaming();
    writer.whenComplete().handle((done, failure) -> streams.decrementAndGet());
    writer.write(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.EVENT_STREAM)
            .add("cache-control", "no-store")
            .build());
    new Stream(statement, writer).look();
    return writer;
  }

  /** One client's stream; a look at the statement follows the one before. */
  private final class Stream {
    private final RestStatement statement;
    private final HttpResponseWriter writer;
    private String told = "";
    private int silentLooks;

    Stream(RestStatement statement, HttpResponseWriter writer) {
      this.statement = statement;
      this.writer = writer;
    }

    void look() {
      boolean ended = statement.hasEnded();
      statement.asked();
      String now = status();
      if (!now.equals(told)) {
        told = now;
        silentLooks = 0;
        write("event: status\ndata: " + now + "\n\n");
      } else if (++silentLooks % LOOKS_PER_COMMENT == 0) {
        write(": it goes on\n\n");
      }
      if (ended) {
        writer.close();
      } else if (writer.isOpen()) {
        // A client that does not read holds one event, and is not looked for until it does.
        writer.whenConsumed().thenRun(this::later);
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
    private String status() {
      ObjectNode event = JsonNodeFactory.instance.objectNode();
      event.put("statement_id", statement.id().toString());
      event.set("status", json.status(statement));
      ObjectNode stats = json.stats(statement);
      if (!statement.hasEnded()) {
        stats.retain("progress");
      }
      event.set("stats", stats);
      return event.toString();
    }

    private void write(String text) {
      if (!writer.tryWrite(HttpData.ofUtf8(text))) {
        writer.close();
      }
    }
  }
}
