/** The configuration file of {@code sluice serve}: its keys, read strictly. */
@NullMarked
package io.sluice.gateway.configuration;

import org.jspecify.annotations.NullMarked;
