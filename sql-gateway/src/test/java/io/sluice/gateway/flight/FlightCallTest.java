package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a call's headers say of its client. */
class FlightCallTest {

  /** As ADBC for Python and Go, pyarrow, and the JDBC driver name themselves. */
  @ParameterizedTest
  @CsvSource({
    "ADBC Flight SQL Driver v1.11.0 grpc-go/1.81.1, -1",
    "grpc-c++/1.76.0 grpc-c/50.0.0 (linux; chttp2), -1",
    "'', -1",
    "grpc-java-netty/1.71.0, 0"
  })
  void onlyJavasClientsAreToldThatNoRowChanged(String library, long rows) {
    Metadata headers = new Metadata();
    headers.put(key("user-agent"), library);
    headers.put(key("sluice-client-name"), "grpc-java notes");
    FlightCall call = FlightCall.of(new Silent(), headers);
    assertThat(call.unknownRows()).isEqualTo(rows);
    assertThat(call.clientName()).isEqualTo("grpc-java notes");
  }

  @Test
  void aClientThatSaysNothingHasNoName() {
    FlightCall call = FlightCall.of(new Silent(), new Metadata());
    assertThat(call.unknownRows()).isEqualTo(-1);
    assertThat(call.clientName()).isEmpty();
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** A call that nobody answers. */
  private static final class Silent extends ServerCall<Object, Object> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Object message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      return (MethodDescriptor<Object, Object>)
          (MethodDescriptor<?, ?>) FlightServiceGrpc.getDoPutMethod();
    }
  }
}
