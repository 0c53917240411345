/**
 * The Arrow Flight SQL door: an asynchronous service over Flight's generated stubs that passes
 * encoded record batches through.
 */
@NullMarked
package io.sluice.gateway.flight;

import org.jspecify.annotations.NullMarked;
