/** The certificate that the doors show. */
@NullMarked
package io.sluice.gateway.tls;

import org.jspecify.annotations.NullMarked;
