/**
 * The HiveServer2 door: TCLIService over Thrift's binary protocol. {@link
 * io.sluice.gateway.hive.HiveDoor} listens; a connection's bytes become messages in {@link
 * io.sluice.gateway.hive.ThriftConnection}, messages become calls in {@link
 * io.sluice.gateway.hive.ThriftCalls}, and calls are answered by {@link
 * io.sluice.gateway.hive.HiveService}.
 */
@NullMarked
package io.sluice.gateway.hive;

import org.jspecify.annotations.NullMarked;
