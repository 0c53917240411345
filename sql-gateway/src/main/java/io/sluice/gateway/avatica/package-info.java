/** The Avatica door: JDBC over HTTP, in protobuf or JSON, for Avatica's thin clients. */
@NullMarked
package io.sluice.gateway.avatica;

import org.jspecify.annotations.NullMarked;
