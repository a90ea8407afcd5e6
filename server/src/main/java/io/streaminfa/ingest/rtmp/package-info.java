/** RTMP: one connection from its handshake to the media sink. */
@NullMarked
package io.streaminfa.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
