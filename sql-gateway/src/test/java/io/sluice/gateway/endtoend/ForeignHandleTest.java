package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.auth2.BearerCredentialWriter;
import org.apache.arrow.flight.grpc.CredentialCallOption;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one user can do with the handles, tickets and tokens of another: nothing. */
class ForeignHandleTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ADDRESSES = "select c_address from customer order by c_custkey";

  private static BufferAllocator allocator;
  private static FlightClient flight;
  private static FlightSqlClient client;
  private static CallOption admin;
  private static CallOption analyst;
  private static CallOption adminElsewhere;

  @BeforeAll
  static void connect() {
    allocator = new RootAllocator();
    flight =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", GATEWAY.grpcPort()))
            .build();
    client = new FlightSqlClient(flight);
    admin = logIn("admin");
    analyst = logIn("analyst");
    adminElsewhere = logIn("admin");
  }

  @AfterAll
  static void disconnect() throws Exception {
    client.close();
    allocator.close();
  }

  @Test
  void aTicketIsWorthlessToOthers() throws Exception {
    Ticket ticket = ticket(client.execute(ADDRESSES, admin));
    assertUnknown(() -> rows(ticket, analyst));
    assertUnknown(() -> rows(ticket, adminElsewhere));
    assertUnauthenticated(() -> rows(ticket), "Not logged in");
    byte[] bytes = ticket.getBytes();
    for (int position : new int[] {bytes.length / 2, bytes.length - 1}) {
      byte[] forged = bytes.clone();
      forged[position] ^= 1;
      assertUnknown(() -> rows(new Ticket(forged), admin));
    }
    assertThat(rows(ticket, admin)).isEqualTo(1500);
    assertUnknown(() -> rows(ticket, admin));
  }

  @Test
  void aPreparedStatementIsWorthlessToOthers() throws Exception {
    try (FlightSqlClient.PreparedStatement prepared = client.prepare(ADDRESSES, admin)) {
      for (CallOption other : List.of(analyst, adminElsewhere)) {
        assertUnknown(() -> prepared.execute(other));
        assertUnknown(() -> prepared.fetchSchema(other));
      }
      assertThat(rows(ticket(prepared.execute(admin)), admin)).isEqualTo(1500);
      Ticket ticket = ticket(prepared.execute(admin));
      assertUnknown(() -> rows(ticket, analyst));
      prepared.close(admin);
    }
  }

  @Test
  void closingAnothersPreparedStatementDoesNothingToIt() throws Exception {
    FlightSqlClient.PreparedStatement prepared = client.prepare("select 1", admin);
    FlightInfo before = prepared.execute(admin);
    try {
      prepared.close(analyst);
    } catch (FlightRuntimeException refused) {
      assertThat(refused.status().code()).isEqualTo(FlightStatusCode.NOT_FOUND);
    }
    assertThat(rows(ticket(before), admin)).isEqualTo(1);
  }

  @Test
  void nobodyElseCancelsAStatement() throws Exception {
    FlightInfo info = client.execute("select sum(hash(id)) from range(1000000000000)", admin);
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                rows(ticket(info), admin);
                return new AssertionError("it came to an end");
              } catch (Exception failure) {
                return failure;
              }
            });
    await().until(() -> GATEWAY.runningStatements() == 1);
    CancelFlightInfoRequest request = new CancelFlightInfoRequest(info);
    assertUnknown(() -> client.cancelFlightInfo(request, analyst));
    assertUnknown(() -> client.cancelFlightInfo(request, adminElsewhere));
    assertThat(GATEWAY.runningStatements()).isEqualTo(1);
    assertThat(ended).isNotDone();
    assertThat(client.cancelFlightInfo(request, admin).getStatus())
        .isEqualTo(CancelStatus.CANCELLED);
    assertThat(ended.join()).isInstanceOf(FlightRuntimeException.class);
    await().until(() -> GATEWAY.runningStatements() == 0);
  }

  @Test
  void aForgedTokenIsRefused() throws Exception {
    String token = tokenOf("analyst");
    byte[] bytes = Base64.getUrlDecoder().decode(token);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int name = text.indexOf("analyst");
    assertThat(name).isPositive();
    byte[] renamed = bytes.clone();
    System.arraycopy("admin\0\0".getBytes(StandardCharsets.UTF_8), 0, renamed, name, 7);
    byte[] flipped = bytes.clone();
    flipped[bytes.length - 1] ^= 1;
    for (byte[] forged :
        List.of(renamed, flipped, Arrays.copyOf(bytes, bytes.length - 1), new byte[0])) {
      CallOption option = bearer(Base64.getUrlEncoder().withoutPadding().encodeToString(forged));
      assertUnauthenticated(() -> client.execute("select 1", option), "[UNAUTHENTICATED]");
    }
    assertThat(client.execute("select 1", bearer(token)).getEndpoints()).hasSize(1);
  }

  @Test
  void aTokenEndsWithItsSession() {
    CallOption closed = logIn("admin");
    Ticket ticket = ticket(client.execute("select 1", closed));
    flight.closeSession(new CloseSessionRequest(), closed);
    assertUnauthenticated(() -> client.execute("select 1", closed), "[SESSION_CLOSED]");
    assertUnauthenticated(() -> rows(ticket, closed), "[SESSION_CLOSED]");
    assertUnknown(() -> rows(ticket, admin));
  }

  private static CallOption logIn(String user) {
    return flight.authenticateBasicToken(user, user).orElseThrow();
  }

  /** Logs in and returns the token that the answer's headers bring. */
  private static String tokenOf(String user) throws Exception {
    AtomicReference<String> header = new AtomicReference<>();
    FlightClientMiddleware.Factory listening =
        call ->
            new FlightClientMiddleware() {
              @Override
              public void onBeforeSendingHeaders(CallHeaders headers) {}

              @Override
              public void onHeadersReceived(CallHeaders headers) {
                header.compareAndSet(null, headers.get("authorization"));
              }

              @Override
              public void onCallCompleted(CallStatus status) {}
            };
    Location location = Location.forGrpcInsecure("127.0.0.1", GATEWAY.grpcPort());
    try (FlightClient own =
        FlightClient.builder(allocator, location).intercept(listening).build()) {
      assertThat(own.authenticateBasicToken(user, user)).isPresent();
    }
    return header.get().substring("Bearer ".length());
  }

  private static CallOption bearer(String token) {
    return new CredentialCallOption(new BearerCredentialWriter(token));
  }

  private static Ticket ticket(FlightInfo info) {
    return info.getEndpoints().get(0).getTicket();
  }

  private static int rows(Ticket ticket, CallOption... options) throws Exception {
    try (FlightStream stream = client.getStream(ticket, options)) {
      int rows = 0;
      while (stream.next()) {
        rows += stream.getRoot().getRowCount();
      }
      return rows;
    }
  }

  private static void assertUnknown(ThrowingCallable call) {
    assertRefused(call, FlightStatusCode.NOT_FOUND, "[INVALID_HANDLE] There is no such statement");
  }

  private static void assertUnauthenticated(ThrowingCallable call, String text) {
    assertRefused(call, FlightStatusCode.UNAUTHENTICATED, text);
  }

  private static void assertRefused(ThrowingCallable call, FlightStatusCode code, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FlightRuntimeException.class,
            failure -> assertThat(failure.status().code()).isEqualTo(code))
        .hasMessageContaining(text);
  }
}
