package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.junit.jupiter.api.Test;

/** Bodies are compressed for those who say that they decode them, and for nobody else. */
class CompressionTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String SQL =
      "select o_orderkey, o_comment, o_totalprice from orders order by o_orderkey";
  private static final byte NONE = -1;

  @Test
  void onlyASessionThatAsksGetsZstd() {
    try (RawFlight client = RawFlight.login(GATEWAY.grpcPort(), "admin");
        RawFlight other = RawFlight.login(GATEWAY.grpcPort(), "admin")) {
      List<FlightData> plain = client.run(SQL);
      assertThat(codecs(plain)).containsOnly(NONE);
      client.run("set sluice.result.compression = zstd");
      List<FlightData> compressed = client.run(SQL);
      assertThat(codecs(compressed)).containsOnly(CompressionType.ZSTD);
      assertThat(bytes(compressed)).isLessThan(bytes(plain) / 2);
      // The schema is the same, so that a ticket from before is good after.
      assertThat(compressed.get(0)).isEqualTo(plain.get(0));
      assertThat(codecs(other.run(SQL))).containsOnly(NONE);
      client.run("reset sluice.result.compression");
      assertThat(codecs(client.run(SQL))).containsOnly(NONE);
      client.closeSession();
      other.closeSession();
    }
  }

  @Test
  void whoDecodesItReadsTheSameRows() {
    try (AdbcSession client = new AdbcSession(GATEWAY.grpcPort(), "admin")) {
      AdbcSession.Result plain = client.query(SQL);
      assertThat(plain.rows()).hasSize(15_000);
      client.query("set sluice.result.compression = zstd");
      AdbcSession.Result compressed = client.query(SQL);
      assertThat(compressed.schema()).isEqualTo(plain.schema());
      assertThat(compressed.rows().equals(plain.rows())).isTrue();
    }
  }

  /** Its driver has no decoder, and throws at the first compressed body. */
  @Test
  void theJdbcDriverReadsEveryAnswerWhileOthersOfItsUserHaveZstd() throws Exception {
    try (RawFlight other = RawFlight.login(GATEWAY.grpcPort(), "admin");
        Connection connection = GATEWAY.connect("admin")) {
      other.run("set sluice.result.compression = zstd");
      assertThat(codecs(other.run(SQL))).containsOnly(CompressionType.ZSTD);
      assertThat(Rows.query(connection, SQL)).hasSize(15_000);
      assertThat(Rows.query(connection, "explain " + SQL)).isNotEmpty();
      assertThat(Rows.query(connection, "show tables")).isNotEmpty();
      try (PreparedStatement prepared =
          connection.prepareStatement("select n_name from nation where n_regionkey = ?")) {
        prepared.setLong(1, 3);
        try (ResultSet rows = prepared.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isNotEmpty();
        }
      }
      try (ResultSet columns = connection.getMetaData().getColumns(null, null, "nation", "%")) {
        assertThat(columns.next()).isTrue();
      }
      other.closeSession();
    }
  }

  private static long bytes(List<FlightData> messages) {
    return messages.stream().mapToLong(message -> message.getDataBody().size()).sum();
  }

  private static List<Byte> codecs(List<FlightData> messages) {
    return messages.stream()
        .map(
            data ->
                Message.getRootAsMessage(
                    data.getDataHeader().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN)))
        .filter(message -> message.headerType() == MessageHeader.RecordBatch)
        .map(message -> ((RecordBatch) message.header(new RecordBatch())).compression())
        .map(CompressionTest::codec)
        .collect(Collectors.toList());
  }

  private static byte codec(BodyCompression compression) {
    return compression == null ? NONE : compression.codec();
  }
}
