package io.sluice.gateway.cli;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;

/** No session came about. The message says why and what to do. */
final class ConnectionFailure extends Exception {

  private static final long serialVersionUID = 1L;

  ConnectionFailure(Endpoint endpoint, FlightRuntimeException cause) {
    super(text(endpoint, cause), cause);
  }

  private static String text(Endpoint endpoint, FlightRuntimeException failure) {
    FlightStatusCode code = failure.status().code();
    if (code == FlightStatusCode.TIMED_OUT) {
      return "No answer from " + endpoint + " in time.";
    }
    if (code != FlightStatusCode.UNAVAILABLE) {
      return String.valueOf(failure.getMessage());
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return "Nothing answers at " + endpoint + ". Start Sluice with ./sluice demo.";
      }
      if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
        return "There is no host " + endpoint.host() + ".";
      }
    }
    return "What answers at "
        + endpoint
        + " does not speak Arrow Flight"
        + (endpoint.tls() ? " over TLS, or its certificate is not trusted." : " without TLS.");
  }
}
