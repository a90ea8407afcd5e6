/** Cuts encoded media into segments and publishes them as playlists. */
@NullMarked
package io.streaminfa.packager;

import org.jspecify.annotations.NullMarked;
