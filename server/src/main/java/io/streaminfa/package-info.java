/** StreamInfa: live video over RTMP and files over HTTP in, adaptive HLS out. */
@NullMarked
package io.streaminfa;

import org.jspecify.annotations.NullMarked;
