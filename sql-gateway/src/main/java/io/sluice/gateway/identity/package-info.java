/** Who a client is, and the signed tokens and handles that it holds. */
@NullMarked
package io.sluice.gateway.identity;

import org.jspecify.annotations.NullMarked;
