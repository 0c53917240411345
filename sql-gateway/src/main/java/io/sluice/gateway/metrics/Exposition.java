package io.sluice.gateway.metrics;

/**
 * All metrics as one answer.
 *
 * @param contentType with the version of the format
 * @param body in UTF-8; nobody changes it
 */
public record Exposition(String contentType, byte[] body) {}
