package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.ByteBufUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the HTTP transport adds to the calls. */
class HiveHttpServiceTest {

  private final HiveDoorFixture fixture = new HiveDoorFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void nobodyActsForAnother() throws Exception {
    assertThat(post("?doAs=admin").status()).isEqualTo(HttpStatus.OK);
    for (String query : new String[] {"?doAs=analyst", "?DOAS=analyst", "?doAs=admin&doAs=x"}) {
      AggregatedHttpResponse refused = post(query);
      assertThat(refused.status()).isEqualTo(HttpStatus.FORBIDDEN);
      assertThat(refused.contentUtf8()).startsWith("[PERMISSION_DENIED] User [admin] may not act");
    }
  }

  @Test
  void aBodyThatIsTooLongOrBreaksOffIsTheClients() throws Exception {
    AggregatedHttpResponse tooLong = failing(ContentTooLargeException.get());
    assertThat(tooLong.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    assertThat(tooLong.contentUtf8()).startsWith("[STATEMENT_TOO_LARGE]");
    AggregatedHttpResponse brokenOff = failing(ClosedStreamException.get());
    assertThat(brokenOff.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(brokenOff.contentUtf8()).startsWith("[PROTOCOL_VIOLATION]");
  }

  private AggregatedHttpResponse post(String query) throws Exception {
    byte[] message = ByteBufUtil.getBytes(MessageScannerTest.openSession(Map.of()));
    return answer(HttpRequest.of(head(query), HttpData.wrap(message)));
  }

  private AggregatedHttpResponse failing(Throwable failure) throws Exception {
    HttpRequestWriter request = HttpRequest.streaming(head(""));
    request.close(failure);
    return answer(request);
  }

  private AggregatedHttpResponse answer(HttpRequest request) throws Exception {
    ServiceRequestContext context =
        ServiceRequestContext.builder(request)
            .remoteAddress(new InetSocketAddress("127.0.0.1", 1024))
            .build();
    return fixture.http().serve(context, request).aggregate().join();
  }

  private static RequestHeaders head(String query) {
    String login =
        Base64.getEncoder().encodeToString("admin:admin".getBytes(StandardCharsets.UTF_8));
    return RequestHeaders.of(
        HttpMethod.POST, "/cliservice" + query, HttpHeaderNames.AUTHORIZATION, "Basic " + login);
  }
}
