/** Contract suites, and the fakes and fixtures that they judge. */
@NullMarked
package io.sluice.testkit;

import org.jspecify.annotations.NullMarked;
