/** The connections that are compared: Flight SQL and JDBC to Sluice, Spark Connect to Spark. */
@NullMarked
package io.sluice.bench.client;

import org.jspecify.annotations.NullMarked;
