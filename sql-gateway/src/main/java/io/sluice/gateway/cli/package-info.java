/** The client in the terminal: one statement over Flight SQL, rows in one of four formats. */
@NullMarked
package io.sluice.gateway.cli;

import org.jspecify.annotations.NullMarked;
