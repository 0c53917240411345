/** Sluice's autoscaler and admission under a virtual clock, over traces of statements. */
@NullMarked
package io.sluice.bench.simulate;

import org.jspecify.annotations.NullMarked;
