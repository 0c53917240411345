/** Times, their quantiles, and the CPU that a process used. */
@NullMarked
package io.sluice.bench.measure;

import org.jspecify.annotations.NullMarked;
