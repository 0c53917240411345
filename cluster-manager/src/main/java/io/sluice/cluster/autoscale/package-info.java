/**
 * How many replicas a cluster has: a pure function of its state and the time, which the manager and
 * the simulator both call. No thread, socket or clock.
 */
@NullMarked
package io.sluice.cluster.autoscale;

import org.jspecify.annotations.NullMarked;
