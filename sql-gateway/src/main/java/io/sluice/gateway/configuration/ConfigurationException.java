package io.sluice.gateway.configuration;

/** What is wrong with a configuration file: where, what, and what to do. Holds no value of it. */
public final class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Something wrong with the file as a whole. */
  public ConfigurationException(String file, String text) {
    super(file + ": " + text);
  }

  /**
   * Something wrong with one key.
   *
   * @param path the key with those above it, with dots between
   * @param text a sentence
   */
  public ConfigurationException(String file, int line, String path, String text) {
    super(file + ", line " + line + (path.isEmpty() ? "" : ", " + path) + ": " + text);
  }
}
