package io.sluice.policy.ranger;

/**
 * Ranger, Hadoop and GraalJS look for classes through the thread's context class loader, which must
 * be the engine's own while they run on a caller's thread.
 */
final class OwnLoader implements AutoCloseable {

  private final ClassLoader previous;

  private OwnLoader(ClassLoader previous) {
    this.previous = previous;
  }

  static OwnLoader enter() {
    Thread thread = Thread.currentThread();
    OwnLoader entered = new OwnLoader(thread.getContextClassLoader());
    thread.setContextClassLoader(OwnLoader.class.getClassLoader());
    return entered;
  }

  @Override
  public void close() {
    Thread.currentThread().setContextClassLoader(previous);
  }
}
