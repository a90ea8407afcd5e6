/** The RTMP server: connections, the publish dialogue, and how tags become samples. */
@NullMarked
package io.streaminfa.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
