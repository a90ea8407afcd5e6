/** Messages cut into chunks and put together again: RTMP 1.0, section 5.3. */
@NullMarked
package io.streaminfa.ingest.rtmp.chunk;

import org.jspecify.annotations.NullMarked;
