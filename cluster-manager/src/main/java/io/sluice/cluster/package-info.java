/** Replicas of Spark: provisioning, health and replacement. */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
