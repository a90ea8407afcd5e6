/** Codec configurations and bitstream headers: H.264, AAC and MP3. */
@NullMarked
package io.streaminfa.media.codec;

import org.jspecify.annotations.NullMarked;
