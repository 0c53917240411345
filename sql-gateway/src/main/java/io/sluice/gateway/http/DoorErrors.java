package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is answered to requests that do not come to a page: one sentence, as JSON. */
final class DoorErrors implements ServerErrorHandler {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Override
  public @Nullable HttpResponse onServiceException(
      ServiceRequestContext context, Throwable failure) {
    return null;
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    String text =
        switch (status.code()) {
          case 404 -> "There is nothing at this path.";
          case 405 -> "This path does not have this method.";
          case 413 ->
              "The request is longer than the "
                  + config.maxRequestLength() / 1024
                  + " KiB that this path takes.";
          case 503 -> "The request took too long, or the gateway is stopping. Try again.";
          default ->
              status.isServerError()
                  ? "The gateway failed; its log has the details."
                  : "The request is not one that HTTP defines.";
        };
    String code = status.isServerError() ? "TEMPORARILY_UNAVAILABLE" : "MALFORMED_REQUEST";
    try {
      return AggregatedHttpResponse.of(
          ResponseHeaders.builder(status).contentType(MediaType.JSON_UTF_8).build(),
          HttpData.ofUtf8(JSON.writeValueAsString(Map.of("error_code", code, "message", text))));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always JSON", e);
    }
  }
}
