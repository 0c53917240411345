/** The entry point of {@code sluice bench}. */
@NullMarked
package io.sluice.bench.main;

import org.jspecify.annotations.NullMarked;
