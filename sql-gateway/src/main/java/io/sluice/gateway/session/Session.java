package io.sluice.gateway.session;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.SessionSettings;
import io.sluice.planner.routine.TemporaryFunction;
import io.sluice.planner.routine.TemporaryFunctions;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.planner.variable.SessionVariables;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One client's session: a principal, a namespace, what was SET, the temporary views and functions,
 * and the variables. Safe for many threads.
 */
public final class Session {

  private static final int LONGEST_NAME = 100;

  private final SessionId id;
  private final Principal principal;
  private final String clientAddress;
  private final Optional<String> loginCluster;
  private final Door door;
  private volatile String clientName = "";
  private volatile List<String> attachedTags = List.of();
  private volatile Namespace namespace;
  private volatile Map<String, String> configuration = Map.of();
  private volatile TemporaryViews temporaryViews = TemporaryViews.none();
  private volatile TemporaryFunctions temporaryFunctions = TemporaryFunctions.none();
  private volatile SessionVariables variables = SessionVariables.none();
  private volatile boolean tied;
  private final AtomicLong effects = new AtomicLong();
  private final AtomicLong preparation = new AtomicLong();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * @param cluster where its statements run, as if it had SET it; empty for what the rules say
   */
  Session(
      SessionId id,
      Principal principal,
      String clientAddress,
      Namespace namespace,
      Optional<String> cluster,
      Door door) {
    this.door = door;
    this.id = id;
    this.principal = principal;
    this.clientAddress = clientAddress;
    this.namespace = namespace;
    this.loginCluster = cluster;
    cluster.ifPresent(name -> configuration = Map.of(SessionSettings.CLUSTER, name));
  }

  /** Returns its id. */
  public SessionId id() {
    return id;
  }

  /** Returns whom it belongs to, for ever. */
  public Principal principal() {
    return principal;
  }

  /** Returns the door that it was opened at. */
  public Door door() {
    return door;
  }

  /** Returns the IP address that it was opened from; empty when unknown. */
  public String clientAddress() {
    return clientAddress;
  }

  /** Returns what the client calls itself, which nothing proves; empty when unknown. */
  public String clientName() {
    return clientName;
  }

  /** Sets what the client calls itself; cut to {@value #LONGEST_NAME} characters of one line. */
  public void callClient(String name) {
    String line = name.strip().replaceAll("[\\p{C}\\p{Z}]+", " ");
    clientName =
        line.length() <= LONGEST_NAME
            ? line
            : line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST_NAME)));
  }

  /**
   * Refuses what a later call names as its cluster, unless it repeats the log-in, as drivers do, or
   * says what holds.
   *
   * @throws SluiceException {@code PROTOCOL_VIOLATION}
   */
  public void checkCluster(Optional<String> named) {
    if (named.isPresent()
        && !named.equals(loginCluster)
        && !named.get().equals(configuration.get(SessionSettings.CLUSTER))) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION,
          "The call names a cluster that is not its session's. A cluster is named at log-in, or by"
              + " SET "
              + SessionSettings.CLUSTER
              + ".");
    }
  }

  /** Returns the current catalog and schema. */
  public Namespace namespace() {
    return namespace;
  }

  /** Sets the current catalog and schema. */
  public void use(Namespace next) {
    this.namespace = next;
  }

  /** Has something done when the session is closed; at once if it is. */
  public void onClose(Runnable action) {
    closed.thenRun(action);
  }

  /** Returns whether it was closed, after which nothing of it is run. */
  public boolean isClosed() {
    return closed.isDone();
  }

  void close() {
    closed.complete(null);
  }

  /** Says that a connection stands for it, which ends it when it ends. */
  public void tieToConnection() {
    tied = true;
  }

  /** Returns whether a connection stands for it, so that it is not closed for another's sake. */
  public boolean isTiedToConnection() {
    return tied;
  }

  /** Returns how many of its statements have changed tables or schemas. */
  public long effects() {
    return effects.get();
  }

  /** Counts a statement that may have changed tables or schemas. */
  public void hadEffect() {
    effects.incrementAndGet();
  }

  /** Counts what the gateway itself took to prepare a statement. */
  public void prepared(Duration spent) {
    preparation.addAndGet(spent.toNanos());
  }

  /** Returns that of all statements prepared since this was asked last. */
  public Duration takePreparation() {
    return Duration.ofNanos(preparation.getAndSet(0));
  }

  /** Returns what the session has SET, by key. */
  public Map<String, String> configuration() {
    return configuration;
  }

  /** Attaches tags beside those that are SET; nothing proves them either. */
  public void tag(List<String> more) {
    attachedTags = List.copyOf(more);
  }

  /** Returns its tags: those that were attached, and those among what it has SET. */
  public List<String> tags(Map<String, String> configured) {
    String tags = configured.getOrDefault(SessionSettings.TAGS, "");
    return Stream.concat(
            attachedTags.stream(), tags.isEmpty() ? Stream.of() : Stream.of(tags.split(",", -1)))
        .toList();
  }

  /** Changes what the session has SET; two changes at a time are made one after the other. */
  public synchronized void configure(Consumer<Map<String, String>> change) {
    Map<String, String> values = new HashMap<>(configuration);
    change.accept(values);
    configuration = Map.copyOf(values);
  }

  /** Returns the session's own views. */
  public TemporaryViews temporaryViews() {
    return temporaryViews;
  }

  /**
   * Keeps a view; fails as {@link TemporaryViews#with} does.
   *
   * @param replace whether a view of this name may be there
   */
  public synchronized void define(TemporaryView view, boolean replace) {
    temporaryViews = temporaryViews.with(view, replace);
  }

  /** Returns the session's own functions. */
  public TemporaryFunctions temporaryFunctions() {
    return temporaryFunctions;
  }

  /**
   * Keeps a function; fails as {@link TemporaryFunctions#with} does.
   *
   * @param replace whether a function of this name may be there
   */
  public synchronized void define(TemporaryFunction function, boolean replace) {
    temporaryFunctions = temporaryFunctions.with(function, replace);
  }

  /** Keeps a function no longer. */
  public synchronized void dropFunction(String name) {
    temporaryFunctions = temporaryFunctions.without(name);
  }

  /** Returns the session's variables. */
  public SessionVariables variables() {
    return variables;
  }

  /**
   * Keeps variables, in the place of those of the same names.
   *
   * @param isNew whether none of the names may be taken
   * @throws io.sluice.model.SluiceException {@code VARIABLE_ALREADY_EXISTS}; {@code
   *     STATEMENT_TOO_LARGE} beyond what a session may keep
   */
  public synchronized void keep(List<SessionVariable> more, boolean isNew) {
    for (SessionVariable variable : more) {
      if (isNew && variables.find(variable.name()).isPresent()) {
        throw SessionVariables.alreadyExists(variable.name(), null);
      }
    }
    variables = variables.with(more);
  }

  /** Keeps a variable no longer. */
  public synchronized void dropVariable(String name) {
    variables = variables.without(name);
  }

  /** Keeps a view no longer. */
  public synchronized void dropView(String name) {
    temporaryViews = temporaryViews.without(name);
  }
}
