/** The commands of {@code sluice bench}. */
@NullMarked
package io.sluice.bench.command;

import org.jspecify.annotations.NullMarked;
