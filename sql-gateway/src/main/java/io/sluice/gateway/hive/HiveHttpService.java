package io.sluice.gateway.hive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * HiveServer2's HTTP transport: one message of Thrift's binary protocol in the body of each POST.
 * Each request says who sends it; sessions end by CloseSession or by expiring, as no connection
 * stands for a client.
 */
final class HiveHttpService implements HttpService {

  private static final MediaType THRIFT = MediaType.create("application", "x-thrift");

  private final ThriftCalls calls;
  private final HttpAuthentication authentication;
  private final Executor work;
  private final int longestMessage;

  HiveHttpService(
      ThriftCalls calls, HttpAuthentication authentication, Executor work, int longestMessage) {
    this.calls = calls;
    this.authentication = authentication;
    this.work = work;
    this.longestMessage = longestMessage;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }
    return HttpResponse.of(
        authentication
            .authenticate(context, request)
            .thenCompose(
                caller ->
                    request
                        .aggregate()
                        .thenComposeAsync(
                            body ->
                                answer(
                                    HiveClient.of(caller.principal(), caller.clientAddress()),
                                    body),
                            work))
            .exceptionally(HiveHttpService::refused));
  }

  private CompletableFuture<HttpResponse> answer(HiveClient client, AggregatedHttpRequest body) {
    byte[] message = body.content().array();
    ByteBuf bytes = Unpooled.wrappedBuffer(message);
    MessageScanner scanner = new MessageScanner(longestMessage);
    if (!scanner.scan(bytes) || scanner.length() != message.length) {
      throw MessageScanner.malformed("the body is not one message");
    }
    return calls
        .answer(client, message)
        .thenApply(
            reply ->
                HttpResponse.of(
                    ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, THRIFT),
                    HttpData.wrap(reply)));
  }

  private static HttpResponse refused(Throwable thrown) {
    HiveErrors.Told told = HiveErrors.told(thrown);
    ResponseHeadersBuilder head =
        told.code() == ErrorCode.PROTOCOL_VIOLATION || told.code() == ErrorCode.STATEMENT_TOO_LARGE
            ? ResponseHeaders.builder(HttpStatus.BAD_REQUEST)
            : Failures.cause(thrown) instanceof SluiceException refusal
                ? HttpAuthentication.head(refusal)
                : ResponseHeaders.builder(HttpStatus.INTERNAL_SERVER_ERROR);
    return HttpResponse.of(
        head.contentType(MediaType.PLAIN_TEXT_UTF_8).build(), HttpData.ofUtf8(told.text()));
  }
}
