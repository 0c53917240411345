/** The one road of a statement, from text to its ending. */
@NullMarked
package io.sluice.gateway.statement;

import org.jspecify.annotations.NullMarked;
