/** Client sessions: who they belong to and what they have set. */
@NullMarked
package io.sluice.gateway.session;

import org.jspecify.annotations.NullMarked;
