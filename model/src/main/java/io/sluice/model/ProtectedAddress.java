package io.sluice.model;

import java.util.regex.Pattern;

/** Addresses over which nobody listens in: https:// anywhere, http:// on this machine alone. */
public final class ProtectedAddress {

  private static final Pattern FORM =
      Pattern.compile(
          "https://[^/?#].*"
              + "|http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?([/?].*)?");

  private ProtectedAddress() {}

  /** Returns whether an address is one; one without a scheme is none. */
  public static boolean is(String address) {
    return FORM.matcher(address).matches();
  }
}
