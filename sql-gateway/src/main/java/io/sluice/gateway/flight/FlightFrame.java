package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;

/**
 * One {@code FlightData} message of a result.
 *
 * @param header the Arrow Message flatbuffer, without IPC's prefix
 * @param body the buffers; empty for a schema
 */
record FlightFrame(ByteString header, ByteString body) {}
