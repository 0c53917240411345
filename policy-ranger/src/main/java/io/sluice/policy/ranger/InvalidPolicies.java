package io.sluice.policy.ranger;

/** Says in one sentence which file of a service cannot be used, and why. */
final class InvalidPolicies extends Exception {

  private static final long serialVersionUID = 1L;

  InvalidPolicies(String message) {
    super(message);
  }

  InvalidPolicies(String message, Throwable cause) {
    super(message, cause);
  }
}
