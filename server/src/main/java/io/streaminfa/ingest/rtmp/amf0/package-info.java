/**
 * The values that RTMP commands and metadata are written in: AMF0, and AMF3 as far as it is read.
 */
@NullMarked
package io.streaminfa.ingest.rtmp.amf0;

import org.jspecify.annotations.NullMarked;
