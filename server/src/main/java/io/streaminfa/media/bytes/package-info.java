/** Bounds-checked reading and writing of bytes and bits: the only code that indexes arrays. */
@NullMarked
package io.streaminfa.media.bytes;

import org.jspecify.annotations.NullMarked;
