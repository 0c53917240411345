/** Clusters on Kubernetes: one replica is one application of the Apache Spark operator. */
@NullMarked
package io.sluice.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
