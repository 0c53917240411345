/** The client of one Spark Connect server. */
@NullMarked
package io.sluice.spark;

import org.jspecify.annotations.NullMarked;
