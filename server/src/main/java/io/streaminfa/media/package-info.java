/** What flows through the server: tracks, samples, and the one port that carries them. */
@NullMarked
package io.streaminfa.media;

import org.jspecify.annotations.NullMarked;
