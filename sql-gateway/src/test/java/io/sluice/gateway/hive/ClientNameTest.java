package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Session;
import java.util.Map;
import org.apache.hive.service.rpc.thrift.TCLIService;
import org.apache.hive.service.rpc.thrift.TOpenSessionReq;
import org.apache.hive.service.rpc.thrift.TOpenSessionResp;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSetClientInfoReq;
import org.junit.jupiter.api.Test;

/** Where Hive's clients say what they are called. */
class ClientNameTest {

  @Test
  void aSessionIsCalledAsItsSettingsOrItsClientInfoSay() throws Exception {
    try (HiveDoorFixture fixture = new HiveDoorFixture()) {
      TCLIService.Client client = fixture.sasl("admin", "admin");
      TOpenSessionReq request = new TOpenSessionReq(TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V10);
      request.setConfiguration(Map.of("set:hiveconf:ApplicationName", "nightly load"));
      TOpenSessionResp opened = client.OpenSession(request);
      Session session = fixture.sessions.open().values().iterator().next();
      assertThat(session.clientName()).isEqualTo("nightly load");
      TSetClientInfoReq info = new TSetClientInfoReq(opened.getSessionHandle());
      client.SetClientInfo(info);
      assertThat(session.clientName()).isEqualTo("nightly load");
      info.setConfiguration(Map.of("ApplicationName", "beeline"));
      client.SetClientInfo(info);
      assertThat(session.clientName()).isEqualTo("beeline");
    }
  }
}
