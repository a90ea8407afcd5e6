/** Writes ISO base media files: CMAF init segments and chunks. */
@NullMarked
package io.streaminfa.media.mp4;

import org.jspecify.annotations.NullMarked;
