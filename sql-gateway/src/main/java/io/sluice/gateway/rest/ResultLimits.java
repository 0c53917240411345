package io.sluice.gateway.rest;

/**
 * How much of a result is kept.
 *
 * @param rows beyond them the result is truncated; at least 0
 * @param bytes beyond them the result is truncated; at least 0
 * @param inlineBytes beyond them the statement fails
 */
record ResultLimits(long rows, long bytes, long inlineBytes) {

  /** As much as there is. */
  static final long UNLIMITED = Long.MAX_VALUE;

  /** What a response may carry in itself. */
  static final long INLINE_BYTES = 25L << 20;
}
