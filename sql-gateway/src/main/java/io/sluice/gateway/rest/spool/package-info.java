/** Results that wait on disk, encrypted, until they are fetched. */
@NullMarked
package io.sluice.gateway.rest.spool;

import org.jspecify.annotations.NullMarked;
