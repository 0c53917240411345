package io.sluice.gateway.hive;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * HiveServer2's HTTP transport: one message of Thrift's binary protocol in the body of each POST.
 * Each request says who sends it; sessions end by CloseSession or by expiring, as no connection
 * stands for a client.
 */
final class HiveHttpService implements HttpService {

  /** Where Hive's drivers look for it. */
  static final String PATH = "/cliservice";

  private static final MediaType THRIFT = MediaType.create("application", "x-thrift");

  private static final String ACT_FOR = "doAs";

  private final ThriftCalls calls;
  private final HiveHttpLogin logins;
  private final Executor work;
  private final int longestMessage;

  HiveHttpService(ThriftCalls calls, HiveHttpLogin logins, Executor work, int longestMessage) {
    this.calls = calls;
    this.logins = logins;
    this.work = work;
    this.longestMessage = longestMessage;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    if (request.method() != HttpMethod.POST) {
      return HttpResponse.of(HttpStatus.METHOD_NOT_ALLOWED);
    }
    return HttpResponse.of(
        logins
            .of(context, request)
            .thenCompose(
                login -> {
                  requireOwnName(context, login.caller().principal());
                  return logins
                      .bodies()
                      .read(login.caller(), context, request)
                      .exceptionallyCompose(HiveHttpService::unread)
                      .thenComposeAsync(body -> answer(context, login, body), work);
                })
            .exceptionally(this::refused));
  }

  /** Hive's drivers name the user to act for in the query. */
  private static void requireOwnName(ServiceRequestContext context, Principal principal) {
    for (Map.Entry<String, String> wish : QueryParams.fromQueryString(context.query())) {
      if (wish.getKey().equalsIgnoreCase(ACT_FOR) && !wish.getValue().equals(principal.name())) {
        throw new SluiceException(
            ErrorCode.PERMISSION_DENIED,
            "User ["
                + principal.name()
                + "] may not act for another user; leave out "
                + ACT_FOR
                + " and log in as that user.");
      }
    }
  }

  /** A body that does not come to its end is the client's affair. */
  private static CompletionStage<AggregatedHttpRequest> unread(Throwable failure) {
    return CompletableFuture.failedFuture(
        Failures.cause(failure) instanceof ContentTooLargeException tooLarge
            ? tooLarge
            : Failures.cause(failure) instanceof SluiceException refusal
                ? refusal
                : MessageScanner.malformed("the body broke off"));
  }

  private CompletableFuture<HttpResponse> answer(
      ServiceRequestContext context, HiveHttpLogin.Login login, AggregatedHttpRequest body) {
    byte[] message = body.content().array();
    ByteBuf bytes = Unpooled.wrappedBuffer(message);
    MessageScanner scanner = new MessageScanner(longestMessage);
    if (!scanner.scan(bytes) || scanner.length() != message.length) {
      throw MessageScanner.malformed("the body is not one message");
    }
    CompletableFuture<Void> gone = new CompletableFuture<>();
    context.whenRequestCancelled().thenRun(() -> gone.complete(null));
    HiveClient client = HiveClient.ofRequest(login.caller(), gone);
    ResponseHeadersBuilder head = ResponseHeaders.builder(HttpStatus.OK).contentType(THRIFT);
    login.cookie().ifPresent(cookie -> head.add(HttpHeaderNames.SET_COOKIE, cookie));
    CompletableFuture<ByteBuf> answer = calls.answer(client, message);
    HttpDoor.onDisconnect(
        context,
        () -> {
          // Some clients close the connection behind each answer.
          if (!answer.isDone()) {
            gone.complete(null);
          }
        });
    return answer.thenApply(reply -> HttpResponse.of(head.build(), HttpData.wrap(reply)));
  }

  private HttpResponse refused(Throwable thrown) {
    Throwable cause =
        Failures.cause(thrown) instanceof ContentTooLargeException
            ? MessageScanner.tooLong(longestMessage)
            : Failures.cause(thrown);
    HiveErrors.Told told = HiveErrors.told(cause);
    ResponseHeadersBuilder head =
        switch (told.code()) {
          case PROTOCOL_VIOLATION -> ResponseHeaders.builder(HttpStatus.BAD_REQUEST);
          case STATEMENT_TOO_LARGE -> ResponseHeaders.builder(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
          case PERMISSION_DENIED -> ResponseHeaders.builder(HttpStatus.FORBIDDEN);
          default ->
              cause instanceof SluiceException refusal
                  ? HttpAuthentication.head(refusal)
                  : ResponseHeaders.builder(HttpStatus.INTERNAL_SERVER_ERROR);
        };
    return HttpResponse.of(
        head.contentType(MediaType.PLAIN_TEXT_UTF_8).build(), HttpData.ofUtf8(told.text()));
  }
}
