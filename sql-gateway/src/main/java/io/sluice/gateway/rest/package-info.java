/** The statements REST API, in the shape of Databricks' Statement Execution API. */
@NullMarked
package io.sluice.gateway.rest;

import org.jspecify.annotations.NullMarked;
