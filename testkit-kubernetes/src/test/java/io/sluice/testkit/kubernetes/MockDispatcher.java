package io.sluice.testkit.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.crud.KubernetesCrudDispatcherException;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * The mock's own, but for two things. When a watch ends it waits, on the one thread that serves
 * everybody, for events that are on their way to be sent by that thread. And in a merge patch it
 * adds what a list holds to the list that is there, so that a status with a list in it is another
 * one whenever it is written, grows without end and wakes whoever writes it.
 */
final class MockDispatcher extends KubernetesCrudDispatcher {

  private final Executor executor;

  MockDispatcher(Executor executor) {
    this.executor = executor;
  }

  /** Merges as RFC 7396 has it. */
  @Override
  public JsonNode merge(JsonNode resource, String patch) throws KubernetesCrudDispatcherException {
    return merged(resource, asNode(patch));
  }

  private static JsonNode merged(JsonNode target, JsonNode patch) {
    if (!patch.isObject()) {
      return patch;
    }
    ObjectNode merged =
        target.isObject() ? target.deepCopy() : JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      if (field.getValue().isNull()) {
        merged.remove(field.getKey());
      } else {
        merged.set(field.getKey(), merged(merged.path(field.getKey()), field.getValue()));
      }
    }
    return merged;
  }

  @Override
  public MockResponse handleWatch(String path) {
    MockResponse response = super.handleWatch(path);
    WebSocketListener watch = response.getWebSocketListener();
    return watch == null ? response : response.withWebSocketUpgrade(endedElsewhere(watch));
  }

  private WebSocketListener endedElsewhere(WebSocketListener watch) {
    return new WebSocketListener() {
      @Override
      public void onOpen(WebSocket socket, Response response) {
        watch.onOpen(socket, response);
      }

      @Override
      public void onMessage(WebSocket socket, String text) {
        watch.onMessage(socket, text);
      }

      @Override
      public void onClosing(WebSocket socket, int code, String reason) {
        executor.execute(() -> watch.onClosing(socket, code, reason));
      }

      @Override
      public void onClosed(WebSocket socket, int code, String reason) {
        executor.execute(() -> watch.onClosed(socket, code, reason));
      }

      @Override
      public void onFailure(WebSocket socket, Throwable failure, Response response) {
        executor.execute(() -> watch.onFailure(socket, failure, response));
      }
    };
  }
}
