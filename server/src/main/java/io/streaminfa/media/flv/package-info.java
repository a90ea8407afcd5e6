/** FLV tag bodies as RTMP carries them, in the legacy and the Enhanced RTMP form. */
@NullMarked
package io.streaminfa.media.flv;

import org.jspecify.annotations.NullMarked;
