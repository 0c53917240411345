package io.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice clusters}: replicas, queue and the autoscaler's decisions with their reasons. Exit
 * status 0 fine, 1 refused, 2 wrong usage, 3 no connection.
 */
@Command(name = "clusters", description = "Shows the clusters.")
public final class ClustersCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int REFUSED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int NO_CONNECTION = 3;
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  private final Terminal terminal;

  @Option(names = "--url", paramLabel = "URL", description = "http(s)://HOST:PORT.")
  private String url = "http://127.0.0.1:8080";

  @Option(names = "--user", paramLabel = "NAME", description = "Who asks.")
  private String user = System.getProperty("user.name", "");

  @Option(names = "--password-file", paramLabel = "FILE", description = "As for sql.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--tls-root-certs",
      paramLabel = "FILE",
      description = "Certificates to trust, with https.")
  private @Nullable Path rootCertificates;

  @Option(names = "--watch", description = "Asks again and again until interrupted.")
  private boolean watch;

  @Option(names = "--interval", paramLabel = "SECONDS", description = "Between two looks; 2.")
  private int interval = 2;

  public ClustersCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    HttpRequest request;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
    try {
      request = request();
      if (rootCertificates != null) {
        builder.sslContext(TrustedCertificates.of(rootCertificates));
      }
    } catch (IllegalArgumentException wrong) {
      return failed(WRONG_USAGE, wrong.getMessage());
    }
    HttpClient client = builder.build();
    boolean answered = false;
    while (true) {
      try {
        HttpResponse<String> answer =
            client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() == 200) {
          show(answer.body());
          answered = true;
        } else if (answered) {
          terminal.messages().println("sluice: " + refusal(answer));
        } else {
          return failed(REFUSED, refusal(answer));
        }
      } catch (IOException unreachable) {
        String message = "No gateway answers at " + url + ". Is ./sluice demo running?";
        if (!answered) {
          return failed(NO_CONNECTION, message);
        }
        // A busy gateway answers the next time.
        terminal.messages().println("sluice: " + message);
      }
      if (!watch) {
        return FINE;
      }
      var unused = new CountDownLatch(1).await(interval, TimeUnit.SECONDS);
    }
  }

  private void show(String body) throws IOException {
    String text = ClusterText.of(new ObjectMapper().readTree(body), terminal.clock().instant());
    boolean screen = watch && terminal.width() > 0;
    terminal.output().write(((screen ? CLEAR_SCREEN : "") + text).getBytes(StandardCharsets.UTF_8));
    terminal.output().flush();
  }

  private HttpRequest request() {
    URI uri = URI.create(url);
    String scheme = uri.getScheme();
    boolean tls = "https".equals(scheme);
    if (!(tls || "http".equals(scheme)) || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "The URL " + url + " is not http://HOST:PORT or https://HOST:PORT.");
    }
    if (interval < 1) {
      throw new IllegalArgumentException("--interval is a number of seconds from 1 on.");
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    Endpoint endpoint = new Endpoint(uri.getHost().replaceAll("^\\[|\\]$", ""), port, tls);
    if (!tls && !endpoint.isLoopback()) {
      throw new IllegalArgumentException(
          url + " would carry the password in clear text; use https://.");
    }
    String password = Passwords.find(endpoint, user, passwordFile, terminal.password());
    String login =
        Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    return HttpRequest.newBuilder(uri.resolve("/clusters"))
        .timeout(Duration.ofSeconds(10))
        .header("Authorization", "Basic " + login)
        .build();
  }

  private static String refusal(HttpResponse<String> answer) throws IOException {
    String type = answer.headers().firstValue("content-type").orElse("");
    JsonNode error =
        type.contains("json") ? new ObjectMapper().readTree(answer.body()).path("error") : null;
    return error == null || !error.isTextual()
        ? "The gateway answered with status " + answer.statusCode() + "."
        : error.asText();
  }

  private int failed(int status, @Nullable String message) {
    terminal.messages().println("sluice: " + message);
    return status;
  }
}
