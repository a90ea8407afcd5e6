/** RTMP messages, one record each: RTMP 1.0, sections 5.4, 6 and 7. */
@NullMarked
package io.streaminfa.ingest.rtmp.message;

import org.jspecify.annotations.NullMarked;
