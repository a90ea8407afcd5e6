/** Serves playlists and segments to players. */
@NullMarked
package io.streaminfa.delivery;

import org.jspecify.annotations.NullMarked;
