/** The JDBC driver behind {@code jdbc:sluice:} URLs. */
@NullMarked
package io.sluice.jdbc;

import org.jspecify.annotations.NullMarked;
