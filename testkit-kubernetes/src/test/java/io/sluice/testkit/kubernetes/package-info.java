/** Clusters on an API server: fabric8's mock, or a real one, and what stands in for the rest. */
@NullMarked
package io.sluice.testkit.kubernetes;

import org.jspecify.annotations.NullMarked;
