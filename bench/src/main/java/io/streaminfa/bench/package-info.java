/** The product measured: beside FFmpeg's executable, beside nginx, and against the clock. */
@NullMarked
package io.streaminfa.bench;

import org.jspecify.annotations.NullMarked;
