/** Identifiers, principals, states and the error vocabulary that every module speaks. */
@NullMarked
package io.sluice.model;

import org.jspecify.annotations.NullMarked;
