package io.sluice.gateway.avatica;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.metadata.MetadataReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.calcite.avatica.remote.Service;

/**
 * {@code POST /avatica}: a request of Avatica's in, its response out, both in protobuf or in JSON.
 * An error is a response too, with status 500, as Avatica's clients expect it; only who is not
 * logged in gets 401, and a challenge. Nothing of a body is read before its sender is known.
 */
public final class AvaticaDoor implements HttpService {

  /** More than the longest statement takes, so that the planner can say that one is too long. */
  private static final long MOST_BODY_BYTES = 4L << 20;

  /** Until the body is there; how long a statement may take is not the door's to say. */
  private static final Duration LONGEST_UPLOAD = Duration.ofSeconds(30);

  /** From when a response is there until the client has read it. */
  private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(5);

  private static final int PIECE_BYTES = 64 << 10;

  private final HttpAuthentication authentication;
  private final Executor work;
  private final AvaticaConnections connections;
  private final HeldStatements held = new HeldStatements();
  private final AvaticaCalls calls;

  /**
   * Makes the door.
   *
   * @param answers bounds the lists that are made at once
   * @param work runs short steps that never block
   * @param blocking runs what waits for the catalog
   * @param version Sluice's own, for clients that ask
   */
  public AvaticaDoor(
      HttpAuthentication authentication,
      Sessions sessions,
      StatementService statements,
      MetadataReader metadata,
      GatewayAnswers answers,
      BufferAllocator allocator,
      Executor work,
      Executor blocking,
      String version) {
    this.authentication = authentication;
    this.work = work;
    this.connections = new AvaticaConnections(sessions, held);
    this.calls =
        new AvaticaCalls(
            connections,
            held,
            new AvaticaRuns(connections, held, statements, allocator, work),
            new AvaticaMetadata(metadata),
            answers,
            blocking,
            version);
  }

  /** Returns where the HTTP door serves it, and within which limits. */
  public HttpDoor.Page page() {
    return new HttpDoor.Page("/avatica", this, LONGEST_UPLOAD, MOST_BODY_BYTES);
  }

  /** Returns how many connections and statements it holds. */
  public long held() {
    return (long) connections.size() + held.size();
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
                    authentication
                        .bodies()
                        .read(caller, context, request)
                        .thenComposeAsync(body -> answer(context, caller, body), work))
            .exceptionally(AvaticaDoor::unread));
  }

  private CompletableFuture<HttpResponse> answer(
      ServiceRequestContext context, Caller caller, AggregatedHttpRequest request) {
    context.clearRequestTimeout();
    byte[] body = request.content().array();
    AvaticaCodec codec = AvaticaCodec.of(body);
    CompletableFuture<? extends Service.Response> response;
    try {
      response = calls.answer(new OpenCall(context, caller), codec.decode(body));
    } catch (SluiceException malformed) {
      response = CompletableFuture.failedFuture(malformed);
    }
    return response.handleAsync(
        (answered, failure) -> {
          context.setRequestTimeout(TimeoutMode.SET_FROM_NOW, LONGEST_DOWNLOAD);
          return failure == null
              ? encoded(ResponseHeaders.builder(HttpStatus.OK), codec, answered)
              : failed(codec, failure);
        },
        work);
  }

  /** A response that cannot be encoded is an error of its own. */
  private static HttpResponse encoded(
      ResponseHeadersBuilder headers, AvaticaCodec codec, Service.Response response) {
    byte[] body;
    try {
      body = codec.encode(response);
    } catch (RuntimeException defect) {
      return failed(codec, defect);
    }
    return inPieces(headers.contentType(codec.mediaType()), body);
  }

  /**
   * A body in one piece counts as sent once it waits for the client, and no time-out ends it any
   * more. Of one in pieces of their own all but one are freed.
   */
  private static HttpResponse inPieces(ResponseHeadersBuilder headers, byte[] body) {
    List<HttpObject> parts = new ArrayList<>();
    parts.add(headers.contentLength(body.length).build());
    for (int from = 0; from < body.length; from += PIECE_BYTES) {
      parts.add(HttpData.copyOf(body, from, Math.min(PIECE_BYTES, body.length - from)));
    }
    return HttpResponse.of(parts.toArray(HttpObject[]::new));
  }

  private static HttpResponse failed(AvaticaCodec codec, Throwable failure) {
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.INTERNAL_SERVER_ERROR)
            .contentType(codec.mediaType())
            .build(),
        HttpData.wrap(codec.encode(AvaticaErrors.response(failure))));
  }

  /** Answers one of whom nothing was read; in JSON, which a person can read too. */
  private static HttpResponse unread(Throwable thrown) {
    Throwable cause = Failures.cause(thrown);
    if (cause instanceof ContentTooLargeException) {
      SluiceException tooLong =
          new SluiceException(
              ErrorCode.STATEMENT_TOO_LARGE,
              "A request has at most " + MOST_BODY_BYTES + " bytes.");
      return encoded(
          ResponseHeaders.builder(HttpStatus.REQUEST_ENTITY_TOO_LARGE),
          AvaticaCodec.JSON,
          AvaticaErrors.response(tooLong));
    }
    boolean unknown =
        cause instanceof SluiceException refusal
            && (refusal.code() == ErrorCode.UNAUTHENTICATED
                || refusal.code() == ErrorCode.SESSION_CLOSED);
    if (cause instanceof SluiceException refusal && refusal.code() == ErrorCode.PERMISSION_DENIED) {
      return encoded(
          HttpAuthentication.head(refusal), AvaticaCodec.JSON, AvaticaErrors.response(refusal));
    }
    // Not 503, at which thin clients try again without end.
    return encoded(
        unknown
            // Thin clients with a token wait to be asked for one, as those with a password do.
            ? HttpAuthentication.head((SluiceException) cause)
                .add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"sluice\"")
            : ResponseHeaders.builder(HttpStatus.INTERNAL_SERVER_ERROR),
        AvaticaCodec.JSON,
        AvaticaErrors.response(cause));
  }

  private record OpenCall(ServiceRequestContext context, Caller caller)
      implements AvaticaCalls.Call {
    @Override
    public void onGone(Runnable action) {
      context.whenRequestCancelled().thenRun(action);
    }

    @Override
    public void onEnd(Runnable action) {
      context.log().whenComplete().thenRun(action);
    }
  }
}
