package io.sluice.testkit.kubernetes;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An API server for the tests of a class. */
class ApiServerExtension implements BeforeAllCallback, AfterAllCallback {

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private ApiServer server;

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private String namespace;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = new ApiServer();
    namespace = server.namespace();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    server.close();
  }

  ApiServer server() {
    return server;
  }

  /** Returns one in which nobody does anything by themselves. */
  String namespace() {
    return namespace;
  }
}
