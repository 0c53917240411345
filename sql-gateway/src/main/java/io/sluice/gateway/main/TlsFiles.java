package io.sluice.gateway.main;

import java.nio.file.Path;

/**
 * Where the doors' certificate lies.
 *
 * @param certificates PEM: the server's own first
 * @param key PEM, PKCS #8
 */
record TlsFiles(Path certificates, Path key) {}
