package io.sluice.gateway.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/** The API's own description, in OpenAPI 3.1; a test compares it with what is served. */
final class OpenApi {

  static final String PATH = "/api/openapi.json";

  private static final byte[] DOCUMENT = read();

  private OpenApi() {}

  static Route route() {
    return Route.open(
        HttpMethod.GET,
        PATH,
        call ->
            CompletableFuture.completedFuture(
                HttpResponse.of(
                    HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.wrap(DOCUMENT.clone()))));
  }

  private static byte[] read() {
    try (InputStream resource = OpenApi.class.getResourceAsStream("openapi.json")) {
      if (resource == null) {
        throw new IllegalStateException("openapi.json is not in the jar");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
