/** The command line, and the one place that constructs services. */
@NullMarked
package io.streaminfa.app;

import org.jspecify.annotations.NullMarked;
