package io.sluice.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline client against a server that ends streams early, as Spark does by design. */
class RawSparkConnectTest {

  private final FakeSpark fake = new FakeSpark();
  private final AtomicReference<String> authorization = new AtomicReference<>("");
  private Server server;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(fake)
            .intercept(new RecordAuthorization())
            .build()
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow();
    assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void reattachesUntilTheResultIsComplete() throws Exception {
    try (RawSparkConnect spark = new RawSparkConnect("127.0.0.1", server.getPort(), "secret")) {
      Fetched fetched = spark.fetch("SELECT * FROM dates");
      assertThat(fetched.rows()).isEqualTo(6);
      assertThat(fetched.batches()).isEqualTo(3);
      assertThat(fetched.bytes()).isEqualTo(3L * FakeSpark.BATCH.size());
      assertThat(fake.released.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(authorization.get()).isEqualTo("Bearer secret");
      assertThat(spark.rows("SELECT * FROM dates"))
          .hasSize(6)
          .startsWith(List.of("1992-01-01"), List.of("NULL"));
    }
  }

  @Test
  void passesAnErrorOn() throws Exception {
    try (RawSparkConnect spark = new RawSparkConnect("127.0.0.1", server.getPort(), null)) {
      assertThatThrownBy(() -> spark.fetch("SELECT wrong"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("no such thing");
    }
  }

  @Test
  void aRunningDemoIsReadFromItsFile(@TempDir Path data) throws Exception {
    assertThatThrownBy(() -> Running.in(data)).hasMessageContaining("Start ./sluice demo.");
    Path token = data.resolve("token");
    Files.writeString(token, "from-file\n");
    Files.writeString(
        data.resolve("run.json"),
        """
        {"gatewayPid": 12, "sparkPids": [34], "grpcPort": 56, "httpPort": 78, "new": true,
         "sparkEndpoints": [{"host": "127.0.0.1", "port": %d, "tokenFile": "%s"}]}
        """
            .formatted(server.getPort(), token));
    Running running = Running.in(data);
    assertThat(running.gatewayPid()).isEqualTo(12);
    assertThat(running.sparkPids()).containsExactly(34L);
    assertThat(running.grpcPort()).isEqualTo(56);
    try (RawSparkConnect spark = running.spark("lake.tpch")) {
      assertThat(spark.fetch("SELECT * FROM dates").rows()).isEqualTo(6);
    }
    assertThat(authorization.get()).isEqualTo("Bearer from-file");
  }

  private final class RecordAuthorization implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String value =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      authorization.set(String.valueOf(value));
      return next.startCall(call, headers);
    }
  }
}
