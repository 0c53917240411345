package io.sluice.gateway.flight;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import java.util.Set;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceFutureStub;

/** One connection to a door of a test's own. */
final class OwnChannel implements AutoCloseable {

  final ManagedChannel channel;
  private final DoorFixture door;

  OwnChannel(DoorFixture door) {
    this.door = door;
    this.channel = NettyChannelBuilder.forAddress("127.0.0.1", door.port()).usePlaintext().build();
  }

  private String token(String user) {
    Session session = door.sessions.open(new Principal(user, Set.of()), "");
    return "Bearer " + door.tokens.issue(session.id(), user);
  }

  FlightServiceBlockingStub as(String user) {
    return FlightCalls.authorized(channel, token(user));
  }

  FlightServiceFutureStub later(String user) {
    return later(channel, token(user));
  }

  static FlightServiceFutureStub later(ManagedChannel channel, String authorization) {
    Metadata headers = new Metadata();
    headers.put(FlightCall.AUTHORIZATION, authorization);
    return FlightServiceGrpc.newFutureStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
