/** Metrics registry, log context and redaction. */
@NullMarked
package io.streaminfa.observability;

import org.jspecify.annotations.NullMarked;
