package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.util.concurrent.Executor;

/**
 * The mock's own, but for watches that end: it waits then, on the one thread that serves everybody,
 * for events that are on their way to be sent by that thread.
 */
final class MockDispatcher extends KubernetesCrudDispatcher {

  private final Executor executor;

  MockDispatcher(Executor executor) {
    this.executor = executor;
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
