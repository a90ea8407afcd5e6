/** HLS playlists as records that render and parse themselves. */
@NullMarked
package io.streaminfa.packager.hls;

import org.jspecify.annotations.NullMarked;
