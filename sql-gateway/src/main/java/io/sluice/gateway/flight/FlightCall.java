package io.sluice.gateway.flight;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a call brings besides its message: credentials, the client's address, its connection. */
final class FlightCall {

  /** The call that the current gRPC callback serves. */
  static final Context.Key<FlightCall> CURRENT = Context.key("sluice-flight-call");

  static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> CLIENT_NAME =
      Metadata.Key.of("sluice-client-name", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> CLUSTER =
      Metadata.Key.of("cluster", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

  private final ServerCall<?, ?> call;
  private final @Nullable String authorization;
  private final String clientAddress;
  private final String clientName;
  private final String library;
  private final @Nullable String cluster;
  private final FlightConnection connection;
  private final AtomicReference<@Nullable String> bearer = new AtomicReference<>();

  private FlightCall(
      ServerCall<?, ?> call,
      @Nullable String authorization,
      String clientAddress,
      String clientName,
      String library,
      @Nullable String cluster,
      FlightConnection connection) {
    this.call = call;
    this.authorization = authorization;
    this.clientAddress = clientAddress;
    this.clientName = clientName;
    this.library = library;
    this.cluster = cluster;
    this.connection = connection;
  }

  static FlightCall of(ServerCall<?, ?> call, Metadata headers) {
    Attributes attributes = call.getAttributes();
    SocketAddress peer = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    String address =
        peer instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : "";
    FlightConnection connection = attributes.get(FlightConnection.ATTRIBUTE);
    String library = Optional.ofNullable(headers.get(USER_AGENT)).orElse("");
    return new FlightCall(
        call,
        headers.get(AUTHORIZATION),
        address,
        Optional.ofNullable(headers.get(CLIENT_NAME)).orElse(library),
        library,
        headers.get(CLUSTER),
        connection == null ? new FlightConnection(() -> {}) : connection);
  }

  /** Returns what the application is called, or else its library; empty if neither says. */
  String clientName() {
    return clientName;
  }

  /**
   * Returns how many rows a prepared update is said to have changed, which Spark does not tell: -1,
   * as the protocol has it. The JDBC driver takes that for a result set, so Java's clients, among
   * which it cannot be told apart, get 0.
   */
  long unknownRows() {
    return library.contains("grpc-java") ? 0 : -1;
  }

  /** Returns the cluster that the client names, if it does. */
  Optional<String> cluster() {
    return Optional.ofNullable(cluster).filter(name -> !name.isBlank());
  }

  /** Returns the authorization header, if there is one. */
  Optional<String> authorization() {
    return Optional.ofNullable(authorization);
  }

  /** Returns the client's IP address; empty when unknown. */
  String clientAddress() {
    return clientAddress;
  }

  FlightConnection connection() {
    return connection;
  }

  /** Sets at how many bytes in its buffers the client counts as ready; any thread may. */
  void readyBelow(int bytes) {
    call.setOnReadyThreshold(bytes);
  }

  /** Makes the answer carry a token for the calls to come. */
  void replyWith(String token) {
    bearer.set("Bearer " + token);
  }

  Optional<String> reply() {
    return Optional.ofNullable(bearer.get());
  }
}
