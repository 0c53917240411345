package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The API's own description, in OpenAPI 3.1, made at the start from what is served. */
final class OpenApi {

  static final String PATH = "/api/openapi.json";

  /** What requests are read with, by the name of their schema. */
  private static final Map<String, List<String>> REQUESTS =
      Map.of(
          "ExecuteStatement", RequestReader.STATEMENT_FIELDS,
          "DryRunStatement", DryRun.FIELDS,
          "CompleteStatement", CompletionCalls.FIELDS,
          "QueryTag", QueryTags.FIELDS,
          "Parameter", ParameterReader.FIELDS);

  private OpenApi() {}

  /**
   * Returns the route of the description.
   *
   * @param others all else that is served
   */
  static Route route(List<Route> others) {
    CompletableFuture<byte[]> document = new CompletableFuture<>();
    Route own =
        Route.open(
            HttpMethod.GET,
            PATH,
            call ->
                document.thenApply(
                    bytes ->
                        HttpResponse.of(
                            HttpStatus.OK, MediaType.JSON_UTF_8, HttpData.copyOf(bytes))));
    document.complete(document(Stream.concat(others.stream(), Stream.of(own)).toList()));
    return own;
  }

  private static byte[] document(List<Route> routes) {
    ObjectMapper json = new ObjectMapper();
    try (InputStream words = OpenApi.class.getResourceAsStream("openapi-words.json")) {
      if (words == null) {
        throw new IllegalStateException("openapi-words.json is not in the jar");
      }
      return json.writerWithDefaultPrettyPrinter()
          .writeValueAsBytes(new OpenApiDocument(json.readTree(words)).of(routes, REQUESTS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
