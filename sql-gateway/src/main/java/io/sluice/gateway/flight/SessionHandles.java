package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.identity.HandleSigner.Kind;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression.Literal;
import org.jspecify.annotations.Nullable;

/** The prepared statements and promised results of one session, behind signed handles. */
final class SessionHandles implements AutoCloseable {

  /** What a handle, and each column of its schema, holds beside the statement's text. */
  private static final long HANDLE_WEIGHT = 256;

  private static final long COLUMN_WEIGHT = 128;

  // Not the session itself, whose being forgotten is what ends these handles.
  private final SessionId session;
  private final Principal principal;
  private final HandleSigner signer;
  private final InstantSource clock;
  private final FlightDoorSettings settings;
  private final BoundedHandles<Prepared> prepared;
  private final BoundedHandles<Promise> promises;
  private final Map<UUID, Statement> running = new ConcurrentHashMap<>();

  /** A poll may take as long, and the client's pause after it. */
  private static final Duration LEAST_POLL = Duration.ofSeconds(30);

  /** Whether the client fetched the last result at once, which is worth one head start. */
  private final AtomicBoolean prompt = new AtomicBoolean();

  /** In {@link #ahead}: a result that runs before it is promised. */
  private static final UUID UNPROMISED = new UUID(0, 0);

  /** The result that runs ahead of its fetch. */
  private final AtomicReference<@Nullable UUID> ahead = new AtomicReference<>();

  SessionHandles(
      Session session,
      HandleSigner signer,
      InstantSource clock,
      FlightDoorSettings settings,
      ClientMemory memory) {
    this.session = session.id();
    this.principal = session.principal();
    this.signer = signer;
    this.clock = clock;
    this.settings = settings;
    this.prepared =
        new BoundedHandles<>(
            settings.mostHandles(),
            settings.mostHandleCharacters(),
            principal.name(),
            memory,
            Prepared::weight,
            statement -> {});
    this.promises =
        new BoundedHandles<>(
            settings.mostHandles(),
            settings.mostHandleCharacters(),
            principal.name(),
            memory,
            Promise::weight,
            promise -> end(promise, "Its client holds more results than it may and fetches none."));
  }

  ByteString add(PreparedStatement statement) {
    UUID id = prepared.add(new Prepared(statement, List.of()));
    return sign(Kind.PREPARED_STATEMENT, id, clock.instant().plus(settings.preparedLifetime()));
  }

  Prepared prepared(ByteString handle) {
    return prepared.get(verify(handle, Kind.PREPARED_STATEMENT)).orElseThrow(HandleSigner::unknown);
  }

  /** Keeps parameters for the executions to come. */
  void bind(ByteString handle, List<Literal> parameters) {
    UUID id = verify(handle, Kind.PREPARED_STATEMENT);
    PreparedStatement statement = prepared.get(id).orElseThrow(HandleSigner::unknown).statement();
    prepared.put(id, new Prepared(statement, parameters));
  }

  /** Forgets a prepared statement; one that is not there was closed before. */
  void close(ByteString handle) {
    prepared.remove(verify(handle, Kind.PREPARED_STATEMENT));
  }

  ByteString promise(Promise result) {
    Instant expiry = clock.instant().plus(settings.ticketLifetime());
    UUID id = promises.add(result.until(expiry));
    result.started().ifPresent(started -> started(id, started.statement()));
    if (result.unasked()) {
      ahead.set(id);
    }
    return sign(Kind.RESULT, id, expiry);
  }

  /** Returns what a ticket promises, without using it up. */
  Promise promised(ByteString ticket) {
    return promises.get(verify(ticket, Kind.RESULT)).orElseThrow(HandleSigner::unknown);
  }

  /** Returns a ticket for the same result that ends later; both are good for one fetch. */
  Renewed renewed(ByteString ticket) {
    return until(ticket, settings.ticketLifetime());
  }

  /**
   * The same for a client that polls: while there is nothing to fetch it has to come back soon, for
   * nothing else tells that it is there.
   */
  Renewed polled(ByteString ticket) {
    Duration patience =
        settings.clientStall().compareTo(LEAST_POLL) < 0 ? LEAST_POLL : settings.clientStall();
    return until(ticket, promised(ticket).isPending() ? patience : settings.ticketLifetime());
  }

  private Renewed until(ByteString ticket, Duration lifetime) {
    UUID id = verify(ticket, Kind.RESULT);
    Instant expiry = clock.instant().plus(lifetime);
    if (!promises.replace(id, promise -> promise.asked().until(expiry))) {
      throw HandleSigner.unknown();
    }
    return new Renewed(sign(Kind.RESULT, id, expiry), expiry);
  }

  private void isNotAhead(UUID id) {
    ahead.updateAndGet(other -> id.equals(other) ? null : other);
  }

  /** Forgets the results whose last ticket has expired, and ends those that a poll has started. */
  void expire() {
    Instant now = clock.instant();
    promises
        .removeIf(promise -> !promise.expiry().isAfter(now))
        .forEach(promise -> end(promise, "Its client did not come for the result in time."));
  }

  private static void end(Promise promise, String reason) {
    promise.started().ifPresent(started -> started.statement().cancel(reason));
  }

  /** Returns what a ticket promises, once. */
  Redeemed redeem(ByteString ticket) {
    UUID id = verify(ticket, Kind.RESULT);
    Redeemed redeemed = new Redeemed(id, promises.remove(id).orElseThrow(HandleSigner::unknown));
    Instant promised = redeemed.promise().expiry().minus(settings.ticketLifetime());
    prompt.set(!clock.instant().isAfter(promised.plus(HeadStarts.LONGEST)));
    isNotAhead(id);
    return redeemed;
  }

  /**
   * Returns whether the next result may begin before it is fetched: once for each prompt fetch, and
   * not while another does.
   */
  boolean takeHeadStart() {
    if (!ahead.compareAndSet(null, UNPROMISED)) {
      return false;
    }
    boolean taken = prompt.getAndSet(false);
    if (!taken) {
      returnHeadStart();
    }
    return taken;
  }

  /** Returns whether one could be taken now. */
  boolean hasHeadStart() {
    return ahead.get() == null && prompt.get();
  }

  /** What was taken came to nothing. */
  void returnHeadStart() {
    isNotAhead(UNPROMISED);
  }

  /**
   * Ends a run that has begun before anybody asked for it, if nobody has; its ticket is good for
   * another one.
   */
  void giveUpHeadStart(ByteString ticket) {
    UUID id = verify(ticket, Kind.RESULT);
    List<StartedResult> begun = new ArrayList<>();
    promises.replace(
        id,
        promise -> {
          promise.started().filter(run -> promise.unasked()).ifPresent(begun::add);
          return promise.unasked() ? promise.notBegun() : promise;
        });
    isNotAhead(id);
    begun.forEach(run -> run.statement().cancel("its client did not come for the result at once"));
  }

  /** Keeps a redeemed ticket's statement within reach of {@link #cancel} until it ends. */
  void started(UUID ticket, Statement statement) {
    running.put(ticket, statement);
    statement.ending().whenComplete((state, failure) -> running.remove(ticket, statement));
  }

  /** Takes back a promise or cancels its statement; returns whether there was either. */
  boolean cancel(ByteString ticket) {
    UUID id = verify(ticket, Kind.RESULT);
    boolean promised = promises.remove(id).isPresent();
    Optional<Statement> statement = Optional.ofNullable(running.get(id));
    statement.ifPresent(found -> found.cancel("canceled by its client"));
    return promised || statement.isPresent();
  }

  /** Forgets everything; the session has ended. */
  @Override
  public void close() {
    prepared.close();
    promises.close();
  }

  private static long weight(String sql, Schema schema, List<Literal> parameters) {
    return HANDLE_WEIGHT
        + sql.length()
        + COLUMN_WEIGHT * schema.getFields().size()
        + parameters.stream().mapToLong(Literal::getSerializedSize).sum();
  }

  private ByteString sign(Kind kind, UUID id, Instant expiry) {
    return ByteString.copyFrom(signer.sign(kind, id, session, principal, expiry));
  }

  private UUID verify(ByteString handle, Kind kind) {
    return signer.verify(handle.toByteArray(), kind, session, principal);
  }

  /** A prepared statement and the parameters that were last bound to it. */
  record Prepared(PreparedStatement statement, List<Literal> bound) {
    Prepared {
      bound = List.copyOf(bound);
    }

    /**
     * Returns the parameters to run with.
     *
     * @throws io.sluice.model.SluiceException {@code PARAMETER_MISMATCH} if none were bound but
     *     some are needed
     */
    List<Literal> parameters() {
      ParameterReader.checkCount(statement.parameterTypes().size(), bound.size());
      return bound;
    }

    private long weight() {
      return SessionHandles.weight(statement.sql(), statement.schema(), bound);
    }
  }

  /**
   * A statement that runs when its result is fetched, or runs already.
   *
   * @param schema as it was advertised
   * @param started what a poll or a head start has set running
   * @param unasked whether it runs though its client has asked for nothing but its schema
   * @param expiry until when it is kept, as its last ticket says
   */
  record Promise(
      String sql,
      List<Literal> parameters,
      Schema schema,
      Optional<StartedResult> started,
      boolean unasked,
      Instant expiry) {
    Promise {
      parameters = List.copyOf(parameters);
    }

    /**
     * Makes one that has no ticket yet.
     *
     * @throws io.sluice.model.SluiceException {@code PARAMETER_MISMATCH}
     */
    static Promise of(Prepared prepared) {
      return of(prepared.statement().sql(), prepared.parameters(), prepared.statement().schema());
    }

    /** The same. */
    static Promise of(String sql, List<Literal> parameters, Schema schema) {
      return new Promise(sql, parameters, schema, Optional.empty(), false, Instant.MAX);
    }

    Promise begun(StartedResult run, boolean unaskedFor) {
      return new Promise(sql, parameters, schema, Optional.of(run), unaskedFor, expiry);
    }

    /** Once it is polled, it runs for its client. */
    private Promise asked() {
      return new Promise(sql, parameters, schema, started, false, expiry);
    }

    private Promise notBegun() {
      return new Promise(sql, parameters, schema, Optional.empty(), false, expiry);
    }

    /** Whether it runs and has nothing to fetch yet. */
    private boolean isPending() {
      return started.filter(run -> !run.isReady()).isPresent();
    }

    private Promise until(Instant end) {
      return new Promise(sql, parameters, schema, started, unasked, end);
    }

    private long weight() {
      return SessionHandles.weight(sql, schema, parameters);
    }
  }

  /** A ticket, and until when it is good. */
  record Renewed(ByteString ticket, Instant expiry) {}

  /** A promise that was redeemed, and the ticket's id. */
  record Redeemed(UUID ticket, Promise promise) {}
}
